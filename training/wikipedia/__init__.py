"""Wikipedia's dumps -> books, and the sets of books that others made of them."""
