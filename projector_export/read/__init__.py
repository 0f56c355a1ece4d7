"""Vectors and metadata from the files that people have."""
