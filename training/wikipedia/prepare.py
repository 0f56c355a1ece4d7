"""Wikipedia dumps -> a books file, on many cores and in parts, so that it can be resumed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from projector_export.errors import RunError
from projector_export.files import write_text_whole
from projector_export.locks import locked
from projector_export.progress import ProgressCallback, no_progress
from training.data.books import Book, write_books
from training.data.link_names import page_name
from training.wikipedia.part_report import NoBooksError, PartReport
from training.wikipedia.part_results import PartFiles, merge_books, read_redirects
from training.wikipedia.plain_text import normalize_name
from training.wikipedia.streams import Part, read_template_namespace, split_into_parts
from training.wikipedia.workers import Job, run_jobs

DEFAULT_TEMPLATE = "Infobox book"
MAX_PARTS = 100  # the merge opens one or two files per part; some systems allow 256 at once
MIN_PART_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """How dumps are read.

    Attributes:
        templates: names of the infobox; its redirects in the dump are found without being named.
        links: `as_written`, or `redirected`: a link to a redirect becomes a link to its target.
        num_workers: processes that read parts in parallel.
        part_bytes: approximate size of a part; None chooses it by the dumps' size.
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
        num_duplicates: books left out because one of the same title is newer, or equal.
        num_redirected_links: links that were replaced by the target of their redirect.
        templates: every name of the infobox that was searched for.
        report: what reading the dumps found.
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
    on_progress: ProgressCallback = no_progress,
) -> Prepared:
    """Write every book of the dumps to `output`, sorted by title, whatever the number of workers.

    Finished parts are in `<output>.parts` until the end, and stay there after an interrupt.

    Args:
        dumps: MediaWiki exports, plain, .bz2 or .gz.
        output: the books file to write.
        options: how dumps are read.
        when_unfinished: what to do with an earlier, unfinished job for this output: `refuse`,
            `resume` or `restart`.
        on_progress: called with the bytes read so far.

    Raises:
        InputError: a file is not a dump.
        RunError: an earlier job for `output` is unfinished, or was a different job.
        NoBooksError: no page uses the template, or none that could be read.
    """
    with locked(output):
        return _prepare(list(dumps), output, options, when_unfinished, on_progress)


def _prepare(
    dumps: list[Path],
    output: Path,
    options: PrepareOptions,
    when_unfinished: str,
    on_progress: ProgressCallback,
) -> Prepared:
    parts = plan_parts(dumps, options)
    namespaces = {normalize_name(read_template_namespace(dump)) for dump in dumps}
    names = _spell_names(options.templates, namespaces)
    folder = output.with_name(output.name + ".parts")
    _open_folder(folder, _describe_job(parts, names, options), when_unfinished)
    jobs = _create_jobs(parts, names, folder, label="part")
    report = _run(jobs, options, on_progress, task="reading")
    redirects = _find_redirects(names, report)
    if redirects:
        # A template's redirects can be anywhere in a dump, so books that use them are found by
        # reading it again; naming all of them with --template avoids that.
        others = _spell_names(redirects, namespaces)
        second = _create_jobs(parts, others, folder, label="second", excluded_names=names)
        report.add_second_reading(_run(second, options, on_progress, task="reading again"))
        jobs += second
    if not report.counts["books"]:
        shutil.rmtree(folder)
        raise NoBooksError(options.templates[0], report)
    counts = _write_books(output, [job.files for job in jobs], options)
    shutil.rmtree(folder)
    templates = (*options.templates, *redirects)
    return Prepared(
        counts["books"], counts["duplicates"], counts["redirected_links"], templates, report
    )


def plan_parts(dumps: list[Path], options: PrepareOptions) -> list[Part]:
    """Split dumps into parts, in order; the parts do not depend on the number of workers.

    Raises:
        InputError: a file is not a dump.
    """
    num_bytes = sum(dump.stat().st_size for dump in dumps if dump.is_file())
    part_bytes = options.part_bytes or max(MIN_PART_BYTES, num_bytes // MAX_PARTS)
    return [part for dump in dumps for part in split_into_parts(dump, part_bytes=part_bytes)]


def _spell_names(templates: Iterable[str], namespaces: set[str]) -> tuple[str, ...]:
    """Normalize templates' names, without and with their namespace: pages may use either."""
    prefixes = [f"{namespace}:" for namespace in namespaces]
    names = list(map(normalize_name, templates))
    for prefix in prefixes:
        names = [name.removeprefix(prefix).strip() for name in names]
    # `normalize_name` has stripped the namespace's English name, which is valid in every language.
    with_prefix = (prefix + name for prefix in prefixes for name in names if prefix != "template:")
    return tuple(dict.fromkeys([*names, *with_prefix]))


def _describe_job(parts: list[Part], names: Iterable[str], options: PrepareOptions) -> str:
    """Describe a job, so that it is resumed only with the same dumps and options."""
    described = [{**asdict(part), "dump": _identify(part.dump)} for part in parts]
    return json.dumps({"parts": described, "templates": sorted(names), "links": options.links})


def _identify(dump: Path) -> list[object]:
    status = dump.stat()
    return [str(dump.resolve()), status.st_size, status.st_mtime_ns]


def _open_folder(folder: Path, description: str, when_unfinished: str) -> None:
    fingerprint = hashlib.sha256(description.encode()).hexdigest()
    plan_path = folder / "plan.sha256"
    if folder.exists() and when_unfinished == "refuse":
        raise RunError(
            f"{folder} contains an unfinished job",
            tip="continue it with --resume, or start over with --force",
        )
    if when_unfinished == "restart":
        shutil.rmtree(folder, ignore_errors=True)
    if plan_path.exists() and plan_path.read_text(encoding="utf-8") != fingerprint:
        raise RunError(
            f"{folder} belongs to a job with other dumps or options", tip="start over with --force"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text_whole(plan_path, fingerprint)


def _create_jobs(
    parts: list[Part],
    names: tuple[str, ...],
    folder: Path,
    *,
    label: str,
    excluded_names: tuple[str, ...] = (),
) -> list[Job]:
    files = (PartFiles(folder, f"{label}-{number:04d}") for number in range(len(parts)))
    return [
        Job(part, names, part_files, excluded_names)
        for part, part_files in zip(parts, files, strict=True)
    ]


def _run(
    jobs: list[Job], options: PrepareOptions, on_progress: ProgressCallback, *, task: str
) -> PartReport:
    """Run what is not finished yet; return what all jobs found together."""
    finished = [job for job in jobs if job.files.report.exists()]
    unfinished = [job for job in jobs if job not in finished]
    num_bytes = sum(job.num_bytes for job in finished)
    num_books = _add_reports(finished).counts["books"]
    total = sum(job.num_bytes for job in jobs)
    for more_bytes, more_books in run_jobs(unfinished, num_workers=options.num_workers):
        note = f"{num_books + more_books:,} books"
        on_progress(task, num_bytes + more_bytes, total, note)
    return _add_reports(jobs)


def _add_reports(finished: list[Job]) -> PartReport:
    total = PartReport()
    for job in finished:
        report = job.files.read_report()
        if report is None:
            raise RuntimeError(f"{job.files.report} is missing")
        total.add(report)
    return total


def _find_redirects(names: tuple[str, ...], report: PartReport) -> tuple[str, ...]:
    """Return the names that redirect to the templates and have not been searched for yet."""
    return tuple(sorted({source for source, _ in report.template_redirects} - set(names)))


def _write_books(output: Path, files: list[PartFiles], options: PrepareOptions) -> Counter[str]:
    """Merge parts into `output`, whole or not at all; count books, duplicates, redirected links."""
    redirects = _read_needed_redirects(files) if options.links == "redirected" else {}
    counts: Counter[str] = Counter()

    def merge_and_count() -> Iterator[Book]:
        for newest, *others in merge_books(part.books for part in files):
            links = tuple(redirects.get(page_name(link), link) for link in newest.links)
            counts["books"] += 1
            counts["duplicates"] += len(others)
            counts["redirected_links"] += sum(map(str.__ne__, links, newest.links))
            yield replace(newest, links=links)

    output.parent.mkdir(parents=True, exist_ok=True)
    partial = files[0].folder / output.name
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        write_books(merge_and_count(), file)
    partial.replace(output)
    return counts


def _read_needed_redirects(files: list[PartFiles]) -> dict[str, str]:
    """Read the redirects that some book links to: thousands of the millions in a dump."""
    merged = merge_books(part.books for part in files)
    wanted = {page_name(link) for newest, *_ in merged for link in newest.links}
    redirects = read_redirects(part.redirects for part in files)
    return {source: target for source, target in redirects if source in wanted}
