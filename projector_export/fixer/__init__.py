"""Write a fixed copy of an export: what can be fixed without guessing, and nothing else.

write_fixed           fix.py: copy, with everything that the configs name next to them
  fixes.py            then fix every file that a view reads, vectors first
  metadata.py         lenient_lines.py: lines and cells; cells.py: columns; twins.py: grouped ones
  vectors.py          numbers
  configs.py          the two configs, edited in place; new_configs.py: if there were none
  bookmarks_and_sprites.py
"""
