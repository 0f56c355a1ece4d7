"""Wikipedia dumps -> a books file, on many cores and in parts that need not be read twice."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from projector_export.cli.console import progress
from projector_export.errors import JobFailedError, RunError
from projector_export.files import write_text_whole
from training.data.books import Book, write_books
from training.data.link_names import page_name
from training.wikipedia.part_results import (
    PartFiles,
    PartReport,
    merged_books,
    read_redirects,
)
from training.wikipedia.plain_text import plain_name
from training.wikipedia.streams import Part, parts_of
from training.wikipedia.workers import Job, finished_jobs

DEFAULT_TEMPLATE = "Infobox book"
MAX_PARTS = 100  # the merge opens one or two files for each; some systems allow 256 at a time
MIN_PART_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """How dumps are read.

    Attributes:
        templates: names of the infobox; its redirects in the dump are found without being named.
        links: `as_written`, or `redirected`: a link to a redirect becomes one to its target.
        num_workers: processes that read parts side by side.
        part_bytes: about how much of a file one part takes; None chooses by the dumps' size.
    """

    templates: tuple[str, ...] = (DEFAULT_TEMPLATE,)
    links: str = "as_written"
    num_workers: int = 1
    part_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A written books file.

    Attributes:
        num_books: lines of the file.
        num_redirected_links: links that were replaced by their redirect's target.
        templates: every name of the infobox that was looked for.
        report: what was met in the dumps.
    """

    num_books: int
    num_redirected_links: int
    templates: tuple[str, ...]
    report: PartReport


def prepare(
    dumps: Iterable[Path],
    output: Path,
    *,
    options: PrepareOptions = PrepareOptions(),
    when_unfinished: str = "refuse",
) -> Prepared:
    """Write every book of the dumps to `output`, sorted by title, whatever the number of workers.

    What is finished lies in `<output>.parts` until the end, and stays there on an interrupt.

    Args:
        dumps: MediaWiki exports, plain, .bz2 or .gz.
        output: the books file to write.
        options: how dumps are read.
        when_unfinished: what to do with an earlier, unfinished job for this output: `refuse`,
            `resume` or `restart`.

    Raises:
        InputError: a file is no dump.
        RunError: an earlier job for `output` is unfinished, or was another job.
        JobFailedError: no page uses the template.
    """
    parts = planned_parts(list(dumps), options)
    folder = output.with_name(output.name + ".parts")
    _open_folder(folder, _plan(parts, options), when_unfinished)
    jobs = _run(_jobs(parts, options.templates, folder, label="part"), options)
    report = _total(jobs)
    names = _redirects_of(options.templates, report)
    if names:
        # A template's other names can stand anywhere in a dump, so books that use them are
        # found by reading it a second time; who names them all beforehand is spared that.
        second = _run(_jobs(parts, names, folder, label="second"), options)
        _count_found_later(report, _total(second))
        jobs += second
    if not report.counts["books"]:
        shutil.rmtree(folder)
        raise JobFailedError(
            f"none of {report.counts['pages']:,} pages uses the template {options.templates[0]!r}",
            tip="name another with --template; a film's is 'Infobox film'",
        )
    counts = _write(output, [job.files for job in jobs], options)
    shutil.rmtree(folder)
    return Prepared(*counts, (*options.templates, *names), report)


def planned_parts(dumps: list[Path], options: PrepareOptions) -> list[Part]:
    """Cut dumps into parts, in their order; the parts do not depend on the number of workers.

    Raises:
        InputError: a file is no dump.
    """
    sizes = sum(dump.stat().st_size for dump in dumps if dump.is_file())
    part_bytes = options.part_bytes or max(MIN_PART_BYTES, sizes // MAX_PARTS)
    return [part for dump in dumps for part in parts_of(dump, part_bytes=part_bytes)]


def _plan(parts: list[Part], options: PrepareOptions) -> str:
    """Describe a job, so that it is resumed only with the same dumps and options."""
    described = [{**asdict(part), "dump": _identity(part.dump)} for part in parts]
    names = sorted(map(plain_name, options.templates))
    return json.dumps({"parts": described, "templates": names, "links": options.links})


def _identity(dump: Path) -> list[object]:
    status = dump.stat()
    return [str(dump.resolve()), status.st_size, status.st_mtime_ns]


def _open_folder(folder: Path, plan: str, when_unfinished: str) -> None:
    fingerprint = hashlib.sha256(plan.encode()).hexdigest()
    plan_path = folder / "plan.sha256"
    if folder.exists() and when_unfinished == "refuse":
        raise RunError(
            f"{folder} holds an unfinished job",
            tip="go on with --resume, or begin anew with --force",
        )
    if when_unfinished == "restart":
        shutil.rmtree(folder, ignore_errors=True)
    if plan_path.exists() and plan_path.read_text(encoding="utf-8") != fingerprint:
        raise RunError(
            f"{folder} was begun with other dumps or options", tip="begin anew with --force"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text_whole(plan_path, fingerprint)


def _jobs(parts: list[Part], names: tuple[str, ...], folder: Path, *, label: str) -> list[Job]:
    return [
        Job(part, tuple(names), PartFiles(folder, f"{label}-{number:04d}"))
        for number, part in enumerate(parts)
    ]


def _run(jobs: list[Job], options: PrepareOptions) -> list[Job]:
    """Run what is not finished yet, showing progress by bytes."""
    finished = [job for job in jobs if job.files.report.exists()]
    waiting = [job for job in jobs if job not in finished]
    num_bytes = sum(job.num_bytes for job in finished)
    num_books = _total(finished).counts["books"]
    with progress() as bar:
        total = sum(job.num_bytes for job in jobs)
        task = bar.add_task("reading", total=total, completed=num_bytes, note="")
        for more_bytes, more_books in finished_jobs(waiting, num_workers=options.num_workers):
            note = f"{num_books + more_books:,} books"
            bar.update(task, completed=num_bytes + more_bytes, note=note)
    return jobs


def report_of(job: Job) -> PartReport:
    """Return the report of a job that has been run."""
    report = job.files.read_report()
    if report is None:
        raise RuntimeError(f"{job.files.report} is missing")
    return report


def _total(jobs: list[Job]) -> PartReport:
    total = PartReport()
    for job in jobs:
        total.add(report_of(job))
    return total


def _count_found_later(report: PartReport, second: PartReport) -> None:
    """Move what the second reading found from the articles that seemed to have no template."""
    report.counts["books"] += second.counts["books"]
    report.counts["unreadable"] += second.counts["unreadable"]
    report.counts["without_template"] -= second.counts["books"] + second.counts["unreadable"]
    report.unreadable_pages += second.unreadable_pages


def _redirects_of(templates: tuple[str, ...], report: PartReport) -> tuple[str, ...]:
    """Return the names that redirect to the templates and were not looked for yet."""
    known = set(map(plain_name, templates))
    return tuple(sorted({source for source, _ in report.template_redirects} - known))


def _write(output: Path, files: list[PartFiles], options: PrepareOptions) -> tuple[int, int]:
    """Merge parts into `output`, whole or not at all; count its books and redirected links."""
    table = _needed_redirects(files) if options.links == "redirected" else {}
    counts = {"books": 0, "links": 0}

    def counted() -> Iterator[Book]:
        for book in merged_books(one.books for one in files):
            links = tuple(table.get(page_name(link), link) for link in book.links)
            counts["books"] += 1
            counts["links"] += sum(map(str.__ne__, links, book.links))
            yield replace(book, links=links)

    output.parent.mkdir(parents=True, exist_ok=True)
    partial = files[0].folder / output.name
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        write_books(counted(), file)
    partial.replace(output)
    return counts["books"], counts["links"]


def _needed_redirects(files: list[PartFiles]) -> dict[str, str]:
    """Gather the redirects that some book links to: millions in a dump, thousands of use."""
    wanted = {
        page_name(link) for book in merged_books(one.books for one in files) for link in book.links
    }
    redirects = read_redirects(one.redirects for one in files)
    return {source: target for source, target in redirects if source in wanted}
