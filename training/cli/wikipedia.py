"""The commands `prepare` and `genres`; what is heavy is imported where it is used."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from projector_export.cli.console import printable, remark, result, verbosity_options
from projector_export.errors import JobFailedError, RunError

if TYPE_CHECKING:
    from training.data.genre_coverage import GenreCoverage
    from training.wikipedia.part_report import PartReport
    from training.wikipedia.prepare import Prepared

NUM_NAMED = 5  # damages, pages and templates that are named one by one


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
    help="The infobox to look for; may be repeated. Its redirects are found too.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default="one for each core",
    help="Processes that read side by side; the output does not depend on it.",
)
@click.option("--redirects", is_flag=True, help="Give links the names that redirects lead to.")
@click.option("--resume", is_flag=True, help="Go on with a job that was interrupted.")
@click.option("--force", is_flag=True, help="Replace the output, and begin anew.")
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
    """Gather the books of Wikipedia dumps (.xml, .xml.bz2, .xml.gz) in a file to learn from.

    \b
    projector-export prepare enwiki-multistream.xml.bz2 -o books.ndjson
    projector-export prepare dump.xml.bz2 --template "Infobox film" -o films.ndjson
    """
    from training.wikipedia.part_report import NoBooksError
    from training.wikipedia.prepare import PrepareOptions
    from training.wikipedia.prepare import prepare as prepare_books

    if output.exists() and not force:
        raise RunError(f"{output} is already there", tip="choose another name, or add --force")
    links = "redirected" if redirects else "as_written"
    try:
        prepared = prepare_books(
            _each_once(dumps),
            output,
            options=PrepareOptions(templates, links, workers),
            when_unfinished="resume" if resume else "restart" if force else "refuse",
        )
    except KeyboardInterrupt:
        remark(f"finished parts are kept in {output}.parts; go on with --resume")
        raise
    except NoBooksError as error:
        _log_report(error.report, templates)
        raise
    _log_report(prepared.report, prepared.templates)
    _log_merge(prepared)
    result(f"{output}: {prepared.num_books:,} books")
    _complain_of_damage(prepared.report, output)


@click.command()
@click.argument("books_path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(path_type=Path),
    help="Your own words for genres, laid over those that ship (dataset.genres of a config).",
)
@click.option(
    "--unmapped", "num_unmapped", default=20, show_default=True, help="How many strings to list."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@verbosity_options
def genres(
    books_path: Path, mapping_path: Path | None, num_unmapped: int, *, as_json: bool
) -> None:
    """Report how much of a books file the genre mapping understands, and what it does not.

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
        result(json.dumps(coverage.as_dict(num_unmapped), ensure_ascii=False, indent=2))
    else:
        _print_coverage(coverage, num_unmapped)


def _each_once(dumps: tuple[Path, ...]) -> list[Path]:
    """Leave out a file that was named before."""
    distinct = {dump.resolve(): dump for dump in reversed(dumps)}
    for dump, count in Counter(path.resolve() for path in dumps).items():
        if count > 1:
            remark(f"{distinct[dump]} is given {count} times; it is read once")
    return [dump for dump in dumps if distinct.pop(dump.resolve(), None)]


def _log_report(report: PartReport, templates: tuple[str, ...]) -> None:
    """Say what was left out, and all that could not be read or understood."""
    counts = report.counts
    left_out = {
        f"pages without {{{{{templates[0]}}}}}": counts["without_template"],
        "pages that redirect": counts["redirects"],
        "pages of other namespaces": counts["other_namespaces"],
        "pages of drafts": counts["drafts"],
        "pages of malformed XML": counts["malformed"],
        "pages whose wikitext could not be parsed": counts["unreadable"],
    }
    remark(f"read {counts['pages']:,} pages{'; left out' if any(left_out.values()) else ''}")
    for what, count in left_out.items():
        if count:
            remark(f"{count:>12,} {what}")
    for page in report.unreadable_pages[:NUM_NAMED]:
        remark(f"             could not parse {printable(page)}")
    if report.damages:
        remark(f"damaged places: {len(report.damages):,}")
    for damage in report.damages[:NUM_NAMED]:
        remark(f"             {printable(damage)}")
    _log_unknown_templates(report.unknown_templates)


def _log_unknown_templates(uses: Counter[str]) -> None:
    if uses:
        commonest = (f"{name} ({count:,})" for name, count in uses.most_common(NUM_NAMED))
        remark(
            f"{uses.total():,} uses of {len(uses):,} templates within infoboxes whose text is not "
            f"known, the commonest: {printable(', '.join(commonest))}"
        )


def _log_merge(prepared: Prepared) -> None:
    if len(prepared.templates) > 1:
        remark(f"names of the template: {printable(', '.join(prepared.templates))}")
    if prepared.num_duplicates:
        remark(
            f"{prepared.num_duplicates:,} books are in the dumps more than once; "
            "the one that was edited last is kept"
        )
    if prepared.num_redirected_links:
        remark(f"{prepared.num_redirected_links:,} links follow a redirect")


def _complain_of_damage(report: PartReport, output: Path) -> None:
    from training.wikipedia.part_report import DAMAGE_TIP

    if report.damages:
        raise JobFailedError(
            f"{printable(report.damage_in_short)}; {output} holds what could be read",
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
