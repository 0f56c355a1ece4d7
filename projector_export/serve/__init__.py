"""Serve an export on this machine, to open it in the browser."""
