"""Answers from finished vectors: neighbors and pictures."""
