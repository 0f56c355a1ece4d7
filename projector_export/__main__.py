"""`python -m projector_export`."""

from projector_export.cli import main

main()
