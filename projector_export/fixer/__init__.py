"""Write a fixed copy of an export: what can be fixed without guessing, and nothing else.

write_fixed           fixer.py: copy, with what the configs name beside them
  fixes.py            then every file that some view reads, vectors first
  metadata.py         lenient_lines.py: lines and cells; cells.py: columns; twins.py: grouped ones
  vectors.py          numbers
  configs.py          the two configs, edited in place; new_configs.py: where there were none
  bookmarks_and_sprites.py
"""
