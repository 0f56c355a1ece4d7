"""Explore a finished export: its neighbors, and plots of its maps."""
