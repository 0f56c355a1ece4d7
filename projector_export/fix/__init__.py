"""Write a fixed copy of an export: what can be fixed without guessing, and nothing else.

write_fixed           copying.py: copy, then fix file by file, vectors first
  cells.py lines.py    metadata: its lines, then its columns
  numbers.py           vectors
  config_files.py      the two configs, edited in place
  extras.py            bookmarks and sprites
"""
