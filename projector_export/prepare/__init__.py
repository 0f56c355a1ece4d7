"""What the viewer shows well: vectors that keep their neighbors, categories, finished layouts."""
