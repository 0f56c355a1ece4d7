"""`projector-export neighbors`: the rows closest to a row of any export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from projector_export.cli.console import logdir_option, printable, result, verbosity_options
from projector_export.cli.runs import resolve_run


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("label")
@click.option(
    "-k", default=10, show_default=True, type=click.IntRange(1), help="How many rows to list."
)
@click.option("--least", is_flag=True, help="List the least similar instead of the closest.")
@click.option("--table", help="The table to search.  [default: the first of the export]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@logdir_option
@verbosity_options
def neighbors(
    run: str, label: str, k: int, table: str | None, logdir: Path, *, least: bool, as_json: bool
) -> None:
    """List the rows closest to a row, by cosine similarity.

    RUN is a run or the folder of any export. LABEL may be in any case, without accents and
    punctuation, and without a last "(...)".

    \b
    projector-export neighbors map "king"
    projector-export neighbors map "king" --table words -k 5
    """
    from projector_export.explore.open_export import open_export

    exported = open_export(resolve_run(run, logdir=logdir))
    found = exported.neighbors(label, k=k, table=table, least=least)
    query = exported.find_label(label, table=table)
    if as_json:
        order = "least" if least else "nearest"
        answer = {"label": query, "table": exported.table(table).name, "order": order}
        rows = found.to_dict("records")
        result(json.dumps({**answer, "neighbors": rows}, ensure_ascii=False))
        return
    result(f"{'Least similar to' if least else 'Closest to'} {printable(query)}")
    for rank, similarity, name in found.itertuples(index=False):
        result(f"{rank:4}  {similarity:6.3f}  {printable(str(name))}")
