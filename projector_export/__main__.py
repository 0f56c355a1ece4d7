"""`python -m projector_export`."""

from projector_export.cli.main import main

main()
