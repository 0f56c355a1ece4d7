"""Wikipedia dumps -> a books file, on many cores and in parts that need not be read twice."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from projector_export.cli.console import progress
from projector_export.errors import RunError
from projector_export.files import write_text_whole
from training.data.books import Book, write_books
from training.data.link_names import page_name
from training.wikipedia.part_report import NoBooksError, PartReport
from training.wikipedia.part_results import PartFiles, merged_books, read_redirects
from training.wikipedia.plain_text import plain_name
from training.wikipedia.streams import Part, parts_of, template_namespace
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
        num_duplicates: books left out, as another of the same title was edited later or is equal.
        num_redirected_links: links that were replaced by their redirect's target.
        templates: every name of the infobox that was looked for.
        report: what was met in the dumps.
    """

    num_books: int
    num_duplicates: int
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
        NoBooksError: no page uses the template, or none that could be read.
    """
    dumps = list(dumps)
    parts = planned_parts(dumps, options)
    namespaces = {plain_name(template_namespace(dump)) for dump in dumps}
    names = _spellings(options.templates, namespaces)
    folder = output.with_name(output.name + ".parts")
    _open_folder(folder, _plan(parts, names, options), when_unfinished)
    jobs = _run([Job(part, names, files) for part, files in _files(parts, folder, "part")], options)
    report = _total(jobs)
    redirects = _redirects_of(names, report)
    if redirects:
        # A template's other names can stand anywhere in a dump, so books that use them are
        # found by reading it a second time; who names them all beforehand is spared that.
        others = _spellings(redirects, namespaces)
        second = [
            Job(part, others, files, taken=names) for part, files in _files(parts, folder, "second")
        ]
        report.add_second_reading(_total(_run(second, options)))
        jobs += second
    if not report.counts["books"]:
        shutil.rmtree(folder)
        raise NoBooksError(options.templates[0], report)
    counts = _write(output, [job.files for job in jobs], options)
    shutil.rmtree(folder)
    templates = (*options.templates, *redirects)
    return Prepared(
        counts["books"], counts["duplicates"], counts["redirected_links"], templates, report
    )


def planned_parts(dumps: list[Path], options: PrepareOptions) -> list[Part]:
    """Cut dumps into parts, in their order; the parts do not depend on the number of workers.

    Raises:
        InputError: a file is no dump.
    """
    sizes = sum(dump.stat().st_size for dump in dumps if dump.is_file())
    part_bytes = options.part_bytes or max(MIN_PART_BYTES, sizes // MAX_PARTS)
    return [part for dump in dumps for part in parts_of(dump, part_bytes=part_bytes)]


def _spellings(templates: Iterable[str], namespaces: set[str]) -> tuple[str, ...]:
    """Write templates' names plainly, without their namespace and with it, as pages may have it."""
    prefixes = [f"{namespace}:" for namespace in namespaces]
    names = list(map(plain_name, templates))
    for prefix in prefixes:
        names = [name.removeprefix(prefix).strip() for name in names]
    # What MediaWiki calls the namespace in every language, `plain_name` takes off.
    with_prefix = (prefix + name for prefix in prefixes for name in names if prefix != "template:")
    return tuple(dict.fromkeys([*names, *with_prefix]))


def _plan(parts: list[Part], names: Iterable[str], options: PrepareOptions) -> str:
    """Describe a job, so that it is resumed only with the same dumps and options."""
    described = [{**asdict(part), "dump": _identity(part.dump)} for part in parts]
    plan = {"parts": described, "templates": sorted(names), "links": options.links}
    return json.dumps(plan)


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


def _files(parts: list[Part], folder: Path, label: str) -> Iterator[tuple[Part, PartFiles]]:
    """Say of each part where its results go."""
    for number, part in enumerate(parts):
        yield part, PartFiles(folder, f"{label}-{number:04d}")


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


def _redirects_of(names: tuple[str, ...], report: PartReport) -> tuple[str, ...]:
    """Return the names that redirect to the templates and were not looked for yet."""
    return tuple(sorted({source for source, _ in report.template_redirects} - set(names)))


def _write(output: Path, files: list[PartFiles], options: PrepareOptions) -> Counter[str]:
    """Merge parts into `output`, whole or not at all; count books, duplicates, redirected links."""
    table = _needed_redirects(files) if options.links == "redirected" else {}
    counts: Counter[str] = Counter()

    def counted() -> Iterator[Book]:
        for newest, *others in merged_books(one.books for one in files):
            links = tuple(table.get(page_name(link), link) for link in newest.links)
            counts["books"] += 1
            counts["duplicates"] += len(others)
            counts["redirected_links"] += sum(map(str.__ne__, links, newest.links))
            yield replace(newest, links=links)

    output.parent.mkdir(parents=True, exist_ok=True)
    partial = files[0].folder / output.name
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        write_books(counted(), file)
    partial.replace(output)
    return counts


def _needed_redirects(files: list[PartFiles]) -> dict[str, str]:
    """Gather the redirects that some book links to: millions in a dump, thousands of use."""
    merged = merged_books(one.books for one in files)
    wanted = {page_name(link) for newest, *_ in merged for link in newest.links}
    redirects = read_redirects(one.redirects for one in files)
    return {source: target for source, target in redirects if source in wanted}
