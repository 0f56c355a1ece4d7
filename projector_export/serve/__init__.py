"""Serve an export on this machine, to look at it in the browser."""
