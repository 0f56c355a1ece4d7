"""Books in, vectors with titles and genres out: the application on top of `projector_export`."""
