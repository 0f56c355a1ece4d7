"""Check a folder, a config or a pair of files: read it like the viewer, then apply the rules."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from projector_export.checker.findings import Finding, Report, sort_findings
from projector_export.checker.folders import files_below
from projector_export.checker.model.view import View
from projector_export.checker.pairs import Pair, kind_of, named_pairs, pair_of, pairs_in
from projector_export.errors import InputError, command_line
from projector_export.export_folder import PACKED_SUFFIX, SITE_CONFIG_NAME
from projector_export.progress import ProgressCallback, no_progress

Advance = Callable[[int], None]


def check(
    path: str | Path,
    metadata: str | Path | None = None,
    *,
    color_by: str | None = None,
    on_progress: ProgressCallback = no_progress,
) -> Report:
    """Report what the viewer will do with an export, whichever tool wrote it.

    >>> import projector_export as px
    >>> report = px.check("map")
    >>> report.num_errors, report.findings
    (0, [])

    Args:
        path: a folder with runs, a folder of files for the web app, a config of either kind,
            vectors as text, or metadata.
        metadata: the metadata that belongs to `path`, if that is vectors.
        color_by: the column to color by; by default, columns are judged by their values and names.
        on_progress: called with the bytes read.

    Raises:
        InputError: `path` or `metadata` does not exist, `path` is a page, or no metadata has a
            column `color_by`.
    """
    from projector_export.checker.rules import findings_of

    path, metadata_path = Path(path), None if metadata is None else Path(metadata)
    color_by = color_by or ""
    advance = _byte_counter(size_to_read(path, metadata_path), on_progress)
    views = list(views_of(path, metadata_path, advance=advance))
    if color_by:
        _require_column(views, color_by)
    findings: list[Finding] = []
    for view in views:
        view.color_by = color_by
        findings += findings_of(view)
    return Report(views, sort_findings(findings))


def _byte_counter(num_bytes: int, on_progress: ProgressCallback) -> Advance:
    num_read = 0

    def advance(num_more: int) -> None:
        nonlocal num_read
        num_read += num_more
        on_progress("reading", num_read, num_bytes)

    return advance


def _require_column(views: Sequence[View], name: str) -> None:
    tensors = [tensor for view in views for tensor in view.tensors]
    names = [
        column.name for tensor in tensors if tensor.metadata for column in tensor.metadata.columns
    ]
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        tip = (
            f"did you mean {close[0]!r}?"
            if close
            else f"columns: {', '.join(dict.fromkeys(names))}"
        )
        raise InputError(f"no metadata has a column {name!r} to color by", tip=tip)


def views_of(path: Path, metadata_path: Path | None, *, advance: Advance) -> Iterator[View]:
    """View `path` in each way that it can be opened."""
    from projector_export.checker.model import build_view

    if not path.exists():
        raise InputError(f"{path} does not exist; expected a folder, a config or vectors")
    if metadata_path is not None:
        yield _view_of_pair(resolve_pair(path, metadata_path), advance)
    elif path.is_dir():
        yield from _views_of_folder(path, advance)
    elif path.suffix == ".pbtxt":
        yield build_view.view_of_logdir(path.parent, advance)
    elif path.suffix == ".json":
        yield build_view.view_of_web_config(path, advance)
    else:
        yield _view_of_pair(resolve_pair(path, None), advance)


def resolve_pair(path: Path, metadata_path: Path | None) -> Pair:
    """Return vectors with their metadata: the given file, or one next to `path`.

    Raises:
        InputError: `metadata_path` is not a file, or `path` is a folder.
    """
    if metadata_path is None:
        return pair_of(path)
    if not metadata_path.is_file():
        raise InputError(f"{metadata_path} is not a file; expected metadata, one line per vector")
    if path.is_dir():
        raise InputError(f"{path} is a folder; with separate metadata, expected a file of vectors")
    if kind_of(path) == "metadata" and kind_of(metadata_path) == "vectors":
        why = f"{path.name} was read as metadata and {metadata_path.name} as vectors"
        return Pair(metadata_path, path, f"{why}, by their content")
    return Pair(path, metadata_path)


def _view_of_pair(pair: Pair, advance: Advance) -> View:
    from projector_export.checker.model import build_view

    if pair.vectors is not None:
        view = build_view.view_of_upload(pair.vectors, pair.metadata, advance)
    elif pair.metadata is not None:
        view = build_view.view_of_metadata(pair.metadata, advance)
    else:
        raise ValueError("a pair of no files")
    view.assumed += [pair.assumed] if pair.assumed else []
    return view


def _refuse_page(folder: Path) -> None:
    if (folder / f"{SITE_CONFIG_NAME}{PACKED_SUFFIX}").is_file():
        raise InputError(
            f"{folder} is a page, whose files only it can read; there is nothing to check",
            tip=f"check what it was made from: {command_line('check', folder.parent)}",
        )


def _views_of_folder(folder: Path, advance: Advance) -> Iterator[View]:
    from projector_export.checker.model import build_view
    from projector_export.checker.model.configs import is_web_config

    _refuse_page(folder)
    files = files_below(folder)
    views = [build_view.view_of_logdir(folder, advance)]
    views += [
        build_view.view_of_web_config(path, advance)
        for path in files
        if path.suffix == ".json" and is_web_config(path)
    ]
    shown = [view for view in views if view.runs]
    # If there is a config, other tables of numbers need not be vectors.
    pairs = named_pairs(files) if shown else _pairs_below(files)
    if shown or not pairs:
        yield from shown or views
    read_already = {
        asset.file.resolve()
        for view in views
        for tensor in view.tensors
        for asset in tensor.assets.values()
        if asset.file is not None
    }
    for pair in pairs:
        if pair.vectors is None or pair.vectors.resolve() not in read_already:
            yield _view_of_pair(pair, advance)


def _pairs_below(files: Sequence[Path]) -> list[Pair]:
    by_folder: dict[Path, list[Path]] = {}
    for path in files:
        by_folder.setdefault(path.parent, []).append(path)
    return [pair for folder in sorted(by_folder) for pair in pairs_in(by_folder[folder])]


def size_to_read(path: Path, metadata_path: Path | None) -> int:
    """Estimate how many bytes a check reads, for a progress bar."""
    if path.is_dir():
        return sum(file.stat().st_size for file in files_below(path))
    files = [path, metadata_path]
    return sum(file.stat().st_size for file in files if file is not None and file.is_file())
