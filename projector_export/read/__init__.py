"""Read vectors and metadata from files and from objects in memory."""
