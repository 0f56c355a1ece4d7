"""The commands `prepare` and `genres`; heavy modules are imported where they are used."""

from __future__ import annotations

import logging
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from projector_export.cli.console import result, verbosity_options
from projector_export.cli.interrupts import current
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.untrusted import printable, printable_json
from projector_export.errors import JobFailedError, RunError

if TYPE_CHECKING:
    from training.data.genre_coverage import GenreCoverage
    from training.wikipedia.part_report import PartReport
    from training.wikipedia.prepare import Prepared

logger = logging.getLogger(__name__)

NUM_NAMED = 5  # damages, pages and templates that are listed by name
INDENT = " " * 13  # as wide as a count


@click.command()
@click.argument(
    "dumps", metavar="DUMP...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write."
)
@click.option(
    "--template",
    "templates",
    multiple=True,
    default=("Infobox book",),
    show_default=True,
    help="The infobox to search for; may be repeated. Its redirects are found too.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default="one for each core",
    help="Number of parallel processes; the output does not depend on it.",
)
@click.option(
    "--redirects", is_flag=True, help="Replace links to redirects by links to their targets."
)
@click.option("--resume", is_flag=True, help="Continue an interrupted job.")
@click.option("--force", is_flag=True, help="Replace the output, and start over.")
@verbosity_options
def prepare(
    dumps: tuple[Path, ...],
    output: Path,
    templates: tuple[str, ...],
    workers: int,
    *,
    redirects: bool,
    resume: bool,
    force: bool,
) -> None:
    """Extract books from Wikipedia dumps (.xml, .xml.bz2, .xml.gz) for training.

    \b
    projector-export prepare enwiki-multistream.xml.bz2 -o books.ndjson
    projector-export prepare dump.xml.bz2 --template "Infobox film" -o films.ndjson
    """
    from training.wikipedia.part_report import NoBooksError
    from training.wikipedia.prepare import PrepareOptions
    from training.wikipedia.prepare import prepare as prepare_books

    if output.exists() and not force:
        raise RunError(f"{output} already exists", tip="choose another name, or add --force")
    links = "redirected" if redirects else "as_written"
    current().advise(
        lambda: f"finished parts are kept in {output}.parts; run the command again with --resume"
    )
    try:
        with progress_bars() as on_progress:
            prepared = prepare_books(
                _drop_repeated(dumps),
                output,
                options=PrepareOptions(templates, links, workers),
                when_unfinished="resume" if resume else "restart" if force else "refuse",
                on_progress=on_progress,
            )
    except NoBooksError as error:
        _log_report(error.report, templates)
        raise
    _log_report(prepared.report, prepared.templates)
    _log_merge(prepared)
    result(f"{output}: {prepared.num_books:,} books")
    _fail_if_damaged(prepared.report, output)


@click.command()
@click.argument("books_path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(path_type=Path),
    help="Your own genre words, in addition to the built-in ones (dataset.genres in a config).",
)
@click.option(
    "--unmapped", "num_unmapped", default=20, show_default=True, help="How many strings to list."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@verbosity_options
def genres(
    books_path: Path, mapping_path: Path | None, num_unmapped: int, *, as_json: bool
) -> None:
    """Report which genres of a books file the mapping understands, and which it does not.

    \b
    projector-export genres books.ndjson
    projector-export genres books.ndjson --mapping my_genres.yaml
    """
    from training.data.books import read_books
    from training.data.genre_coverage import measure_coverage
    from training.data.genres import load_genre_map

    mapping = load_genre_map(mapping_path)
    books, _ = read_books(books_path)
    coverage = measure_coverage(books, mapping=mapping)
    if as_json:
        result(printable_json(coverage.as_dict(num_unmapped), indent=2))
    else:
        _print_coverage(coverage, num_unmapped)


def _drop_repeated(dumps: tuple[Path, ...]) -> list[Path]:
    """Drop files that were named before."""
    distinct = {dump.resolve(): dump for dump in reversed(dumps)}
    for dump, count in Counter(path.resolve() for path in dumps).items():
        if count > 1:
            logger.info("%s was named %d times; reading it once", distinct[dump], count)
    return [dump for dump in dumps if distinct.pop(dump.resolve(), None)]


def _log_report(report: PartReport, templates: tuple[str, ...]) -> None:
    """Log what was left out, and what could not be read or understood."""
    counts = report.counts
    left_out = {
        f"pages without {{{{{templates[0]}}}}}": counts["without_template"],
        "redirects": counts["redirects"],
        "pages in other namespaces": counts["other_namespaces"],
        "drafts": counts["drafts"],
        "pages with malformed XML": counts["malformed"],
        "pages whose wikitext could not be parsed": counts["unreadable"],
    }
    heading = "read {:,} pages; left out" if any(left_out.values()) else "read {:,} pages"
    logger.info("%s", heading.format(counts["pages"]))
    for what, count in left_out.items():
        if count:
            logger.info("%12s %s", f"{count:,}", what)
    for page in report.unreadable_pages[:NUM_NAMED]:
        logger.info("%scould not parse %s", INDENT, printable(page))
    if report.damages:
        logger.info("damaged places: %s", f"{len(report.damages):,}")
    for damage in report.damages[:NUM_NAMED]:
        logger.info("%s%s", INDENT, printable(damage))
    _log_unknown_templates(report.unknown_templates)


def _log_unknown_templates(uses: Counter[str]) -> None:
    if uses:
        most_common = (f"{name} ({count:,})" for name, count in uses.most_common(NUM_NAMED))
        logger.info(
            "infoboxes use %s unknown templates %s times, most often: %s",
            f"{len(uses):,}",
            f"{uses.total():,}",
            printable(", ".join(most_common)),
        )


def _log_merge(prepared: Prepared) -> None:
    if len(prepared.templates) > 1:
        logger.info("names of the template: %s", printable(", ".join(prepared.templates)))
    if prepared.num_duplicates:
        logger.info(
            "left out %s duplicates of books, keeping the last edited",
            f"{prepared.num_duplicates:,}",
        )
    if prepared.num_redirected_links:
        logger.info("replaced %s links to redirects", f"{prepared.num_redirected_links:,}")


def _fail_if_damaged(report: PartReport, output: Path) -> None:
    from training.wikipedia.part_report import DAMAGE_TIP

    if report.damages:
        raise JobFailedError(
            f"{printable(report.damage_summary)}; {output} contains what could be read",
            tip=DAMAGE_TIP,
        )


def _print_coverage(coverage: GenreCoverage, num_unmapped: int) -> None:
    total = coverage.num_books
    result(f"{total:,} books")
    for what, count in coverage.counts().items():
        result(f"{count:>9,}  {count / total:>6.1%}  {what}")
    result(f"\n{len(coverage.genres):,} genres")
    for genre, count in coverage.genres.most_common():
        result(f"{count:>9,}  {count / total:>6.1%}  {genre}")
    if coverage.unmapped and num_unmapped:
        result("\nnot understood, by number of books")
        for text, count in coverage.unmapped.most_common(num_unmapped):
            result(f"{count:>9,}  {printable(text)[:60]}")


ALL = (prepare, genres)
