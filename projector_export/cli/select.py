"""`projector-export select`: the points that a link to the page chooses."""

from __future__ import annotations

import json
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
@click.option(
    "--link",
    required=True,
    metavar="ADDRESS",
    help="What Copy link copied, or what follows its #; in quotes, as it contains &.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@logdir_option
@verbosity_options
def select(run: str, link: str, logdir: Path, *, as_json: bool, as_csv: bool) -> None:
    """List the points that a link to the page chooses.

    These are one point with its neighbors, several points that are selected, or all that are shown:
    what the page saves as CSV. RUN is a run or the folder of any export.

    \b
    projector-export select map --link "#select=king&neighbors=20"
    projector-export select map --link "https://example.org/map/#show=history" --csv
    """
    from projector_export.explore.open_export import open_export

    if as_json and as_csv:
        raise UsageError("expected --json or --csv, not both")
    exported = open_export(resolve_run(run, logdir=logdir))
    found = exported.select(link)
    if as_csv:
        result(csv_text(_rounded(found)))
    elif as_json:
        points = json.loads(found.to_json(orient="records", double_precision=6))
        result(printable_json({"points": points}))
    else:
        _show(found)


def _show(found: pd.DataFrame) -> None:
    result(f"{len(found):,} points")
    similarities = found["similarity"] if "similarity" in found else [None] * len(found)
    for label, similarity in zip(found.iloc[:, 0], similarities, strict=True):
        number = "" if similarity is None else f"{similarity:6.3f}  "
        result(f"{number}{printable(str(label))}")


def _rounded(found: pd.DataFrame) -> pd.DataFrame:
    """Write coordinates and similarities as short as the page does."""
    digits = {"map_x": 5, "map_y": 5, "map_z": 5, "similarity": 6}
    return found.assign(
        **{
            name: found[name].map(f"{{:.{places}f}}".format)
            for name, places in digits.items()
            if name in found
        }
    )
