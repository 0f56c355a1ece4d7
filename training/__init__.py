"""Learn vectors of books, with titles and genres; plugs into `projector_export`."""
