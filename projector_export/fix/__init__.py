"""Write a mended copy of an export: what can be mended without guessing, and nothing else.

write_mended           copying.py: copy, then mend file by file, vectors first
  cells.py lines.py    metadata: its lines, then its columns
  numbers.py           vectors
  config_files.py      the two configs, edited in place
  extras.py            bookmarks and sprites
"""
