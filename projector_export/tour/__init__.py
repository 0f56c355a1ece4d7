"""A tour of the map: stops with a title and a text, each a view that the page can show."""
