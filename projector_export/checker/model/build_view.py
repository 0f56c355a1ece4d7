"""Read everything that the viewer would read, in its order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from projector_export.checker.model.bookmarks import read_bookmarks
from projector_export.checker.model.configs import (
    Asset,
    Config,
    Entry,
    page_asset,
    read_json,
    server_asset,
)
from projector_export.checker.model.metadata import read_metadata
from projector_export.checker.model.runs import Checkpoint, RunFolder, run_folders
from projector_export.checker.model.sprites import read_sprite
from projector_export.checker.model.text_or_bytes import is_raw, server_reading
from projector_export.checker.model.vectors import (
    Vectors,
    read_binary,
    read_checkpoint,
    read_text,
)
from projector_export.checker.model.view import Run, Tensor, View, menu_order
from projector_export.viewer_facts import BYTES_SUFFIX, MAX_SERVED_ROWS

Advance = Callable[[int], None]
TEXT_BYTES = frozenset(b"0123456789+-.eE \t\r\n")


def view_of_logdir(logdir: Path, advance: Advance) -> View:
    """Read what TensorBoard shows with `--logdir LOGDIR`."""
    view = View(viewer="TensorBoard", path=logdir)
    for folder in run_folders(logdir):
        run = Run(name=folder.name, config=folder.config, folder=folder)
        run.tensors = menu_order(list(_server_tensors(folder, advance)))
        # A config that does not parse makes the whole plugin fail; a finding reports it.
        run.is_shown = folder.is_listed and folder.is_kept and bool(run.tensors)
        listed = [tensor for tensor in run.tensors if tensor.is_listed]
        run.opens_with = listed[0].name if listed else None
        if run.is_shown or _was_meant(run):
            view.runs.append(run)
    view.crash = next(filter(None, map(_crash, view.runs)), "")
    return view


def _crash(run: Run) -> str:
    """Say why this run makes the server answer with HTTP 500 for all runs; "" if it does not."""
    if run.folder is None or not run.folder.is_listed:
        return ""
    if run.config.problem:
        return f"{run.config.path} does not parse"
    for tensor in run.tensors if run.folder.is_kept else []:
        asset, vectors = tensor.assets.get("tensor_path"), tensor.vectors
        is_there = asset is not None and asset.problem != "outside"
        if is_there and (vectors is None or not vectors.is_read_by_server):
            return f"{asset.written if asset else ''} cannot be read"
    return ""


def _was_meant(run: Run) -> bool:
    return run.config.path.is_file() or bool(run.folder and run.folder.checkpoint)


def _server_tensors(run: RunFolder, advance: Advance) -> Iterator[Tensor]:
    """Yield the config's entries, then other matrices, like projector_plugin.py:371-444."""
    matrices = run.checkpoint.matrices if run.checkpoint else {}
    entries = [_named(entry) for entry in _with_default_name(run.config.entries)]
    template = Entry()
    if entries and not entries[0].tensor_name and run.checkpoint and run.checkpoint.shapes:
        template, *entries = entries
    seen = set()
    for entry in entries:
        if entry.tensor_name not in seen:
            yield _server_tensor(run, entry, matrices, advance)
        seen.add(entry.tensor_name)
    for name in matrices:
        if name not in seen:
            if run.config.entries and not template.metadata_path:
                # The config does not name it, so its values are not read.
                source = run.config.path
                yield Tensor(name=name, source=source, shape=matrices[name], is_named=False)
                continue
            entry = Entry(
                tensor_name=name,
                metadata_path=template.metadata_path,
                bookmarks_path=template.bookmarks_path,
            )
            yield _server_tensor(run, entry, matrices, advance)


def _with_default_name(entries: list[Entry]) -> list[Entry]:
    """Name the first entry with a `tensor_path` after its file; the server stops there."""
    named = list(entries)
    for index, entry in enumerate(entries):
        if entry.tensor_path:
            name = entry.tensor_name or PurePosixPath(entry.tensor_path).name
            named[index] = replace(entry, tensor_name=name)
            break
    return named


def _named(entry: Entry) -> Entry:
    return replace(entry, tensor_name=entry.tensor_name.removesuffix(":0"))


def _server_tensor(
    run: RunFolder, entry: Entry, matrices: dict[str, tuple[int, ...]], advance: Advance
) -> Tensor:
    folder = run.config.path.parent
    tensor = Tensor(
        name=entry.tensor_name,
        source=run.config.path,
        shape=entry.tensor_shape or None,
        entry=entry,
        assets={key: server_asset(folder, path) for key, path in entry.paths.items()},
        max_rows=MAX_SERVED_ROWS,
    )
    if entry.tensor_path:
        tensor.vectors = _server_vectors(tensor.assets["tensor_path"], entry, advance)
        if (
            tensor.shape is None
            and tensor.vectors is not None
            and tensor.vectors.matrix is not None
        ):
            tensor.shape = tensor.vectors.matrix.shape
    elif entry.tensor_name in matrices and run.checkpoint is not None:
        tensor.shape = tensor.shape or matrices[entry.tensor_name]
        tensor.vectors = _checkpoint_vectors(run.checkpoint, entry.tensor_name)
    _read_assets(tensor, advance)
    return tensor


def _server_vectors(asset: Asset, entry: Entry, advance: Advance) -> Vectors | None:
    if asset.file is None:
        return None
    how, _ = server_reading(asset.file)
    if how == "binary" or _is_meant_as_binary(asset.file, entry):
        advance(asset.file.stat().st_size)
        return read_binary(asset.file, entry.tensor_shape, reader="TensorBoard")
    return read_text(asset.file, reader="TensorBoard", advance=advance)


def _is_meant_as_binary(path: Path, entry: Entry) -> bool:
    """Distinguish raw float32 that the server will mistake for text from text."""
    with path.open("rb") as file:
        head = file.read(4096)
    size = path.stat().st_size
    has_size = len(entry.tensor_shape) == 2 and size == 4 * math.prod(entry.tensor_shape)
    return has_size and not set(head) <= TEXT_BYTES


def _checkpoint_vectors(checkpoint: Checkpoint, name: str) -> Vectors | None:
    matrix = checkpoint.matrix(name)
    return None if matrix is None else read_checkpoint(Path(checkpoint.prefix), matrix)


def view_of_web_config(path: Path, advance: Advance) -> View:
    """Read what the web app shows with this config, if the page is in the config's folder."""
    config = read_json(path)
    run = Run(name="Demo", config=config, is_shown=not config.problem)
    run.tensors = [_page_tensor(config, entry, advance) for entry in config.entries]
    if run.tensors:
        run.opens_with = run.tensors[0].name
    return View(viewer="web app", path=path, runs=[run])


def _page_tensor(config: Config, entry: Entry, advance: Advance) -> Tensor:
    tensor = Tensor(
        name=entry.tensor_name,
        source=config.path,
        shape=entry.tensor_shape or None,
        entry=entry,
        assets={key: page_asset(config.path.parent, path) for key, path in entry.paths.items()},
    )
    asset = tensor.assets.get("tensor_path")
    if asset is not None and asset.file is not None:
        tensor.vectors = _page_vectors(asset.file, entry, advance)
    _read_assets(tensor, advance)
    return tensor


def _page_vectors(path: Path, entry: Entry, advance: Advance) -> Vectors:
    if entry.tensor_path.endswith(BYTES_SUFFIX):
        advance(path.stat().st_size)
        return read_binary(path, entry.tensor_shape, reader="page")
    return read_text(path, reader="page", advance=advance)


def view_of_metadata(path: Path, advance: Advance) -> View:
    """Read metadata as the page would, without its vectors."""
    metadata = read_metadata(path, advance=advance)
    tensor = Tensor(name=path.name, source=path, metadata=metadata)
    run = Run(name="metadata", config=Config(path=path), tensors=[tensor])
    return View(viewer="metadata", path=path, runs=[run])


def view_of_upload(vectors_path: Path, metadata_path: Path | None, advance: Advance) -> View:
    """Read what the web app shows when these files are loaded manually."""
    tensor = Tensor(name=vectors_path.name, source=vectors_path)
    if is_raw(vectors_path):
        tensor.vectors = Vectors(path=vectors_path, kind="binary", size=vectors_path.stat().st_size)
    else:
        tensor.vectors = read_text(vectors_path, reader="page", advance=advance)
    if tensor.vectors.matrix is not None:
        tensor.shape = tensor.vectors.matrix.shape
    if metadata_path is not None:
        tensor.metadata = read_metadata(metadata_path, advance=advance)
    config = Config(path=vectors_path)
    run = Run(name="upload", config=config, tensors=[tensor], opens_with=tensor.name)
    return View(viewer="upload", path=vectors_path, runs=[run])


def _read_assets(tensor: Tensor, advance: Advance) -> None:
    files = {key: asset.file for key, asset in tensor.assets.items() if asset.file is not None}
    if path := files.get("metadata_path"):
        tensor.metadata = read_metadata(path, max_rows=tensor.max_rows, advance=advance)
    if path := files.get("bookmarks_path"):
        tensor.bookmarks = read_bookmarks(path)
    if path := files.get("sprite.image_path"):
        tensor.sprite = read_sprite(path, tensor.entry.tile)
