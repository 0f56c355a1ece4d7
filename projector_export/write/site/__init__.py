"""A page of one's own that opens on the finished, colored map."""
