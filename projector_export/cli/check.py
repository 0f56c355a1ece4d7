"""The command `check`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from projector_export.cli.console import result, verbosity_options
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.runs import LOGDIR, run_names
from projector_export.cli.untrusted import printable_json
from projector_export.errors import UsageError

if TYPE_CHECKING:
    from projector_export.checker.findings import Report

logger = logging.getLogger(__name__)

FOUND = 1  # the exit code if there are findings
PATH_TYPE = click.Path(path_type=Path)


@click.command()
@click.argument("path", required=False, type=PATH_TYPE)
@click.argument("metadata", required=False, type=PATH_TYPE)
@click.option(
    "--select",
    multiple=True,
    metavar="CODE",
    help="Only findings whose code starts with this, such as E or W03. Repeatable.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="No findings whose code starts with this. Repeatable.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option(
    "--color-by",
    default="",
    metavar="COLUMN",
    help="The column to color by.  [default: columns are judged by values and names]",
)
@click.option("--explain", metavar="CODE", help="Explain a rule, and exit.")
@click.option(
    "--fix", is_flag=True, help="Write a fixed copy to the folder -o; PATH is not changed."
)
@click.option("-o", "--output", type=PATH_TYPE, help="The folder for the fixed copy.")
@click.option(
    "--copy-outside",
    is_flag=True,
    help="Copy files outside PATH too, which links and absolute paths lead to.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print everything as JSON; docs/checks.md describes it."
)
@verbosity_options
def check(
    path: Path | None,
    metadata: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    *,
    strict: bool,
    color_by: str,
    explain: str | None,
    fix: bool,
    output: Path | None,
    copy_outside: bool,
    as_json: bool,
) -> None:
    """Report what the viewer will do with an export, whichever tool wrote it.

    PATH is a run, a folder, a projector_config of either kind, vectors as text with their METADATA,
    or only metadata. Exits with 1 if something is not shown, or shown wrongly.

    \b
    projector-export check starter
    projector-export check vectors.tsv metadata.tsv --color-by topic
    projector-export check old_export --fix -o fixed
    projector-export check --explain E05
    """
    if explain is not None:
        _explain(explain)
        return
    if path is None:
        raise UsageError("what to check? Name a folder, a config, or vectors and their metadata")
    if fix != (output is not None):
        raise UsageError("a fixed copy needs both --fix and -o DIR")
    chosen, ignored = _known(select), _known(ignore)
    path = _run_folder(path)
    report = _report(path, metadata, output, color_by, copy_outside=copy_outside)
    report = report.only(chosen, ignored)
    _print(report, as_json=as_json)
    if report.num_errors or (strict and report.findings):
        sys.exit(FOUND)


def _run_folder(path: Path) -> Path:
    """Replace a run's name by its folder, like the other commands."""
    is_name = not path.exists() and str(path) in run_names(LOGDIR)
    return LOGDIR / path if is_name else path


def _report(
    path: Path, metadata: Path | None, output: Path | None, color_by: str, *, copy_outside: bool
) -> Report:
    """Check PATH, or its fixed copy."""
    import projector_export as px

    with progress_bars() as on_progress:
        if output is None:
            return px.check(path, metadata, color_by=color_by, on_progress=on_progress)
        report = px.fix(
            path,
            output,
            metadata,
            color_by=color_by,
            copy_outside=copy_outside,
            on_progress=on_progress,
        )
    for change in report.changes:
        logger.info("fixed %s", change)
    what = "a fixed copy" if report.changes else "a copy; nothing could be fixed"
    logger.info("%s: %s", output, what)
    return report


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        result(printable_json(report.to_dict(), indent=2))
        return
    from rich.console import Console

    from projector_export.cli.check_report import show

    show(report, Console(highlight=False, soft_wrap=False))


def _explain(code: str) -> None:
    from rich.console import Console

    from projector_export.checker.rules import RULES
    from projector_export.cli.check_report import explain

    rule = RULES.get(code.upper())
    if rule is None:
        raise UsageError(f"there is no rule {code!r}", tip=f"the rules are {' '.join(RULES)}")
    explain(rule, Console(highlight=False))


def _known(codes: tuple[str, ...]) -> list[str]:
    from projector_export.checker.rules import RULES

    wanted = [code.upper() for several in codes for code in several.split(",") if code]
    for code in wanted:
        if not any(known.startswith(code) for known in RULES):
            raise UsageError(
                f"no rule's code begins with {code!r}", tip=f"the rules are {' '.join(RULES)}"
            )
    return wanted
