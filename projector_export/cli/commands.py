"""The built-in commands."""

from projector_export.cli.append import append
from projector_export.cli.check import check
from projector_export.cli.export import export
from projector_export.cli.neighbors import neighbors
from projector_export.cli.plot import plot
from projector_export.cli.publish import publish
from projector_export.cli.report import report
from projector_export.cli.select import select
from projector_export.cli.site import site
from projector_export.cli.view import view

ALL = (append, check, export, neighbors, plot, publish, report, select, site, view)
