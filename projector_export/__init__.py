"""Vectors and metadata in, everything that the Embedding Projector needs out."""

__version__ = "0.1.0"
