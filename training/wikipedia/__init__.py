"""Extract books from Wikipedia's dumps, and download published sets of books."""
