"""`projector-export neighbors`: what lies closest to a row of any export."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from projector_export.cli.console import logdir_option, printable, result, verbosity_options
from projector_export.cli.runs import resolve_run


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("label")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--least", is_flag=True, help="The least similar instead of the closest.")
@click.option("--table", help="The table to look in.  [default: the first of the export]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@logdir_option
@verbosity_options
def neighbors(
    run: str, label: str, k: int, table: str | None, logdir: Path, *, least: bool, as_json: bool
) -> None:
    """List what is closest to a row, by cosine similarity.

    RUN is a run or the folder of any export. LABEL may be in any case, without accents and
    punctuation, and without a last "(...)".

    \b
    projector-export neighbors map "king"
    projector-export neighbors map "king" --table words -k 5
    """
    from projector_export.explore.exported import read_exported_table
    from projector_export.explore.neighbors import find_neighbors, find_row
    from projector_export.prepare.geometry import sphereize

    exported = read_exported_table(resolve_run(run, logdir=logdir), table)
    row = find_row(exported.labels, label, table=exported.name)
    order = "least" if least else "nearest"
    shown = sphereize(exported.vectors)
    found = find_neighbors(shown, exported.labels, row, k=k, order=order)
    if as_json:
        asked = {"label": exported.labels[row], "table": exported.name, "order": order}
        answer = {**asked, "neighbors": [asdict(neighbor) for neighbor in found]}
        result(json.dumps(answer, ensure_ascii=False))
        return
    heading = "Least similar to" if least else "Closest to"
    result(f"{heading} {printable(exported.labels[row])}")
    for neighbor in found:
        result(f"{neighbor.rank:4}  {neighbor.similarity:6.3f}  {printable(neighbor.label)}")
