"""`projector-export neighbors`: the rows closest to a row of any export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run
from projector_export.cli.spreadsheets import csv_text
from projector_export.cli.untrusted import printable, printable_json
from projector_export.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("label", required=False)
@click.option("--positive", multiple=True, metavar="LABEL", help="Add this row too; repeatable.")
@click.option("--negative", multiple=True, metavar="LABEL", help="Subtract this row; repeatable.")
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="List only rows with this value; repeatable. Of one column, any value is enough.",
)
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many to list.")
@click.option("--least", is_flag=True, help="List the least similar instead of the closest.")
@click.option("--table", help="The table to search.  [default: the first of the export]")
@click.option("--of", help="The table of LABEL, if it is another.  [default: that of --table]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@logdir_option
@verbosity_options
def neighbors(
    run: str,
    label: str | None,
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    where: tuple[str, ...],
    k: int,
    table: str | None,
    of: str | None,
    logdir: Path,
    *,
    least: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List the rows closest to a row, by cosine similarity.

    RUN is a run or the folder of any export. LABEL may be in any case, without accents and
    punctuation, and without a last "(...)".

    \b
    projector-export neighbors map "king" -k 5
    projector-export neighbors map "king" --positive woman --negative man
    projector-export neighbors map "king" --where topic=history --csv
    projector-export neighbors map "politics" --of topics --table words
    """
    from projector_export.explore.open_export import open_export

    if as_json and as_csv:
        raise UsageError("expected --json or --csv, not both")
    labels = _all_labels(label, positive)
    if not labels and not negative:
        raise UsageError("no row was given; name one with LABEL, --positive or --negative")
    exported = open_export(resolve_run(run, logdir=logdir))
    kept = _values_by_column(where)
    tables = {"table": table, "of": of or table}
    found = exported.neighbors(labels, negative=negative, k=k, where=kept, least=least, **tables)
    added = [exported.find_label(name, table=of or table) for name in labels]
    subtracted = [exported.find_label(name, table=of or table) for name in negative]
    query = " - ".join([" + ".join(added), *subtracted]).strip()
    if as_csv:
        result(csv_text(found.assign(similarity=found["similarity"].map("{:.6f}".format))))
    elif as_json:
        asked = {"label": query, "positive": added, "negative": subtracted, "where": kept}
        names = {key: exported.table(name).name for key, name in tables.items()}
        answer = {"order": "least" if least else "nearest", "neighbors": found.to_dict("records")}
        result(printable_json({**asked, **names, **answer}))
    else:
        _show(f"{'Least similar to' if least else 'Closest to'} {query}", found)


def _all_labels(label: str | None, others: tuple[str, ...]) -> list[str]:
    return list(others) if label is None else [label, *others]


def _show(heading: str, found: pd.DataFrame) -> None:
    result(printable(heading))
    for rank, similarity, name in found.itertuples(index=False):
        result(f"{rank:4}  {similarity:6.3f}  {printable(str(name))}")


def _values_by_column(where: tuple[str, ...]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for condition in where:
        column, equals, value = condition.partition("=")
        if not (column and equals and value):
            raise UsageError(f"--where is {condition!r}; expected COLUMN=VALUE")
        values.setdefault(column, []).append(value)
    return values
