"""Books, their genres, and the (book, link) pairs to learn from."""
