"""Prepare tables for the viewer: vectors that keep their neighbors, categories, layouts."""
