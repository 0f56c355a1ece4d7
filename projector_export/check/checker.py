"""Check a folder, a config or a pair of files: look as the viewer would, then apply the rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from projector_export.check.findings import Finding, Report, in_order
from projector_export.check.model.view import View
from projector_export.errors import InputError

CONFIG_NAME = "projector_config.pbtxt"
# How the files of a pair are named by those who write pairs: this project, gensim, and people.
PAIR_ENDINGS = (
    ("vectors.tsv", "metadata.tsv"),
    ("tensors.tsv", "metadata.tsv"),
    ("tensor.tsv", "metadata.tsv"),
    ("vecs.tsv", "meta.tsv"),
    ("embeddings.tsv", "metadata.tsv"),
    ("embedding.tsv", "metadata.tsv"),
)
Advance = Callable[[int], None]


def check_path(
    path: Path, metadata_path: Path | None = None, *, advance: Advance = lambda _: None
) -> Report:
    """Say what the viewer will do with `path`.

    Args:
        path: a folder with runs, a folder of files for the web app, a config of either kind, or
            vectors as text.
        metadata_path: the metadata that belongs to `path`, if that is vectors.
        advance: told of the bytes read, for a progress bar.

    Raises:
        InputError: `path` or `metadata_path` is not there.
    """
    from projector_export.check.rules import findings_of

    views = list(views_of(path, metadata_path, advance=advance))
    findings: list[Finding] = [finding for view in views for finding in findings_of(view)]
    return Report(views, in_order(findings))


def views_of(path: Path, metadata_path: Path | None, *, advance: Advance) -> Iterator[View]:
    """Look at `path` in each way in which a person could open it."""
    from projector_export.check.model import build_view as looking

    if not path.exists():
        raise InputError(f"{path} does not exist; expected a folder, a config or vectors")
    if metadata_path is not None:
        if not metadata_path.is_file():
            raise InputError(f"{metadata_path} is not a file; expected metadata, a line per vector")
        if path.is_dir():
            raise InputError(f"{path} is a folder; with metadata beside it, expected vectors")
        yield looking.look_at_upload(path, metadata_path, advance)
    elif path.is_dir():
        yield from _views_of_folder(path, advance)
    elif path.suffix == ".pbtxt":
        yield looking.look_at_logdir(path.parent, advance)
    elif path.suffix == ".json":
        yield looking.look_at_web_config(path, advance)
    else:
        yield looking.look_at_upload(path, metadata_beside(path), advance)


def _views_of_folder(folder: Path, advance: Advance) -> Iterator[View]:
    from projector_export.check.model import build_view as looking
    from projector_export.check.model.configs import is_web_config

    found = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    files = sorted(path for path in found if path.is_file())
    web_configs = [path for path in files if path.suffix == ".json" and is_web_config(path)]
    pairs = [(path, beside) for path in files if (beside := metadata_beside(path))]
    view = looking.look_at_logdir(folder, advance)
    if view.runs or not (web_configs or pairs):
        yield view
    for path in web_configs:
        yield looking.look_at_web_config(path, advance)
    read_already = {
        asset.file
        for run in view.runs
        for tensor in run.tensors
        for asset in tensor.assets.values()
    }
    for path, beside in pairs:
        if path.resolve() not in read_already:
            yield looking.look_at_upload(path, beside, advance)


def metadata_beside(vectors_path: Path) -> Path | None:
    """Find the metadata that belongs to vectors by their name; None if it is no pair's name."""
    for vectors_ending, metadata_ending in PAIR_ENDINGS:
        stem = vectors_path.name.removesuffix(vectors_ending)
        if stem == vectors_path.name or (stem and stem[-1] not in "._-"):
            continue
        beside = vectors_path.with_name(stem + metadata_ending)
        if beside.is_file():
            return beside
    return None


def size_to_read(path: Path, metadata_path: Path | None) -> int:
    """Return about how many bytes a check reads, for a progress bar."""
    if path.is_dir():
        found = (Path(root, name) for root, _, names in os.walk(path) for name in names)
        return sum(file.stat().st_size for file in found if file.is_file())
    files = [path, metadata_path or metadata_beside(path)]
    return sum(file.stat().st_size for file in files if file is not None and file.is_file())
