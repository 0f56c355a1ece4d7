"""Servers to look at an export with, on this machine."""
