"""Copy an export and fix the copy: paths first, then vectors, then what depends on their rows."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from projector_export.checker.check import check, resolve_pair, size_to_read, views_of
from projector_export.checker.findings import Report
from projector_export.checker.model.configs import (
    Config,
    is_web_config,
    page_asset,
    read_json,
    read_pbtxt,
)
from projector_export.checker.rules.config_rules import UNSAFE_CHARACTERS
from projector_export.errors import InputError, WriteError
from projector_export.files import whole_folder
from projector_export.fixer.configs import EditableConfig, edit
from projector_export.fixer.fixes import fix_views
from projector_export.fixer.originals import Originals
from projector_export.progress import ProgressCallback, no_progress
from projector_export.viewer_facts import CONFIG_NAME

GITHUB_FILE = re.compile(r"https?://github\.com/([^/]+)/([^/]+)/(?:blob|raw)/(.+)")


@dataclass(slots=True)
class FixedCopy:
    """A fixed copy: what to check instead of the original, and what was changed."""

    path: Path
    metadata_path: Path | None = None
    changes: list[str] = field(default_factory=list)


def fix(
    path: str | Path,
    output: str | Path,
    metadata: str | Path | None = None,
    *,
    color_by: str | None = None,
    copy_outside: bool = False,
    on_progress: ProgressCallback = no_progress,
) -> Report:
    """Write a fixed copy of an export to a new folder, and check it.

    >>> import projector_export as px
    >>> px.fix("map/projector", "fixed").num_errors
    0

    Args:
        path: what `check` takes; it is not changed.
        output: the folder to write.
        metadata: the metadata that belongs to `path`, if that is vectors.
        color_by: the column to color by; by default, columns are judged by their values and names.
        copy_outside: copy files outside `path` too, which links and absolute paths lead to. A
            folder of somebody else's could lead to your private files.
        on_progress: called with the bytes read while the copy is checked.

    Returns:
        The report about the copy, with the changes that were made.

    Raises:
        InputError: `path` does not exist, or `output` is inside it.
        RunError: `output` exists.
    """
    fixed = write_fixed(
        Path(path),
        None if metadata is None else Path(metadata),
        Path(output),
        color_by=color_by,
        copy_outside=copy_outside,
    )
    report = check(fixed.path, fixed.metadata_path, color_by=color_by, on_progress=on_progress)
    return replace(report, changes=fixed.changes)


def write_fixed(
    path: Path,
    metadata_path: Path | None,
    output: Path,
    *,
    color_by: str | None = None,
    copy_outside: bool = False,
) -> FixedCopy:
    """Write a fixed copy of `path` to the new folder `output`.

    Args:
        path: what `check` takes.
        metadata_path: the metadata that belongs to `path`, if that is vectors.
        output: the folder to create.
        color_by: the column to color by; by default, columns are judged by their values and names.
        copy_outside: copy files outside `path` too.

    Raises:
        InputError: `path` does not exist, or `output` is inside it.
        RunError: `output` already exists.
        WriteError: there is not enough room for it.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; expected a folder, a config or vectors")
    if path.is_dir() and output.resolve().is_relative_to(path.resolve()):
        raise InputError(f"{output} is inside {path}; choose a folder outside it")
    _require_room(path, metadata_path, output)
    with whole_folder(output) as folder:
        root = None if copy_outside else (path if path.is_dir() else path.parent).resolve()
        copied = _copy(path, metadata_path, folder, Originals(root))
        views = list(views_of(copied.path, copied.metadata_path, advance=lambda _: None))
        changes = copied.changes + fix_views(views, folder, color_by or "")
        if any(folder.rglob(CONFIG_NAME)) and copied.path.suffix != ".json":
            # With a config, the folder is what opens.
            copied = FixedCopy(folder)
    metadata = copied.metadata_path
    return FixedCopy(
        output / copied.path.relative_to(folder),
        output / metadata.relative_to(folder) if metadata else None,
        changes,
    )


def _require_room(path: Path, metadata_path: Path | None, output: Path) -> None:
    """Refuse a copy that would fill the disk; a sparse file takes no room until it is copied."""
    num_bytes = size_to_read(path, metadata_path)
    above = next(parent for parent in output.absolute().parents if parent.is_dir())
    if num_bytes > (free := shutil.disk_usage(above).free):
        raise WriteError(
            f"{output} cannot be written: {path} has {num_bytes / 1e9:,.1f} GB, and the disk has "
            f"room for {free / 1e9:,.1f}"
        )


def _copy(path: Path, metadata_path: Path | None, folder: Path, originals: Originals) -> FixedCopy:
    if path.is_dir():
        _copy_folder(path, folder, originals)
        configs = [
            (path / copy.relative_to(folder), copy)
            for copy in sorted(folder.rglob("*"))
            if _is_config(copy)
        ]
        changes = [change for pair in configs for change in _bring_assets(*pair, originals)]
        return FixedCopy(folder, None, changes)
    if path.suffix in {".json", ".pbtxt"}:
        shutil.copy(path, folder / path.name)
        changes = _bring_assets(path, folder / path.name, originals)
        return FixedCopy(folder / path.name, None, changes)
    pair = resolve_pair(path, metadata_path)
    copies = [_copied(file, folder) for file in (pair.vectors, pair.metadata) if file is not None]
    return FixedCopy(copies[0], copies[1] if len(copies) > 1 else None)


def _copied(file: Path, folder: Path) -> Path:
    target = folder / file.name
    if target.exists():  # the other file of the pair has the same name
        target = folder / f"metadata_{file.name}"
    shutil.copy(file, target)
    return target


def _copy_folder(path: Path, folder: Path, originals: Originals) -> None:
    # Links become files, so that fixing the copy never changes what they point to.
    try:
        shutil.copytree(
            path,
            folder,
            dirs_exist_ok=True,
            ignore_dangling_symlinks=True,
            ignore=lambda parent, names: originals.not_to_copy(Path(parent), names),
        )
    except (shutil.Error, OSError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be copied: {str(error)[:120]}", tip="are there links in a circle?"
        ) from error


def _is_config(path: Path) -> bool:
    if path.name == CONFIG_NAME:
        return True
    return path.suffix == ".json" and path.is_file() and is_web_config(path)


def _bring_assets(original: Path, copy: Path, originals: Originals) -> list[str]:
    """Copy the files that a config names next to its copy, and use their bare names."""
    config = read_json(copy) if copy.suffix == ".json" else read_pbtxt(copy)
    if config.problem:
        return []
    edited, changes = edit(copy), []
    for index, entry in enumerate(config.entries):
        for key, written in entry.paths.items():
            name = _brought(original, copy, written, originals)
            if name and name != written:
                edited.set_path(index, key, name)
                changes.append(f"{copy.name}: {key} {written!r} is {name!r} now")
        changes += _safe_name(edited, config, index, copy)
    if changes:
        edited.save()
    return changes


def _brought(original: Path, copy: Path, written: str, originals: Originals) -> str | None:
    """Copy one file next to the config if it is not below it; return its new path."""
    if "://" in written:
        _copy_stand_in(original, copy, written)
        return _raw_address(written)
    source = original.parent / written
    try:
        is_there = originals.may_copy(source)
    except (OSError, ValueError):
        return None
    if not is_there:
        return None
    below = (copy.parent / written).resolve()
    if not Path(written).is_absolute() and below.is_relative_to(copy.parent.resolve()):
        if not below.is_file():
            below.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, below)
        return written
    target = copy.with_name(source.name)
    if target.exists() and target.read_bytes() != source.read_bytes():
        return None  # another file has that name
    shutil.copy(source, target)
    return source.name


def _safe_name(edited: EditableConfig, config: Config, index: int, copy: Path) -> list[str]:
    entry = config.entries[index]
    safe = UNSAFE_CHARACTERS.sub("_", entry.tensor_name)
    if safe == entry.tensor_name or not entry.tensor_path:
        return []
    edited.set_name(index, safe)
    return [f"{copy.name}: tensor {entry.tensor_name!r} is {safe!r} now"]


def _raw_address(address: str) -> str | None:
    """Return the address at which GitHub serves a file to other sites; None for other hosts."""
    found = GITHUB_FILE.fullmatch(address)
    return "https://raw.githubusercontent.com/{}/{}/{}".format(*found.groups()) if found else None


def _copy_stand_in(original: Path, copy: Path, address: str) -> None:
    """Copy the file that is checked instead of an address; the config keeps the address."""
    asset = page_asset(original.parent, address)
    if asset.file is not None and not copy.with_name(asset.file.name).exists():
        shutil.copy(asset.file, copy.with_name(asset.file.name))
