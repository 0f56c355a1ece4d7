"""Rules about runs and their checkpoints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.runs import Checkpoint, RunFolder
from projector_export.checker.model.view import Run, View
from projector_export.checker.rules.wording import some

E11 = Rule(
    "E11",
    "The checkpoint has no tensor with that name",
    (
        "The entry is not listed, and its metadata is not used; the tensor appears under its own "
        "name, without labels."
    ),
    "Use the tensor's name in the checkpoint, or give the entry a `tensor_path`.",
    "Nothing: which tensor was intended would be a guess.",
)
E12 = Rule(
    "E12",
    "There is no checkpoint that TensorBoard can read",
    (
        "An entry without `tensor_path` needs a TensorFlow checkpoint. Without one it is not "
        "listed, and if no other entry has its own file, the page says: No checkpoint was found."
    ),
    (
        "Write the vectors to a file and name it as `tensor_path`, with `tensor_shape`; or save "
        "them with tf.train.Checkpoint. Keras' .weights.h5 and .keras files are not checkpoints."
    ),
    "Nothing: there are no vectors to fix.",
)
E18 = Rule(
    "E18",
    "TensorBoard does not list this folder, or adds another folder's tensors to it",
    (
        "A folder below the logdir is a run only if it contains an event file. A run without its "
        "own checkpoint gets the one in the folder above, with all its matrices."
    ),
    (
        "Point --logdir at the folder itself, or write an event file into it. Do not put exports "
        "below a folder with a checkpoint."
    ),
    (
        "Writes an event file into the folder. A checkpoint above it is left behind, because only "
        "the folder is copied."
    ),
)
W14 = Rule(
    "W14",
    "The checkpoint contains other matrices",
    (
        "TensorBoard lists every matrix of the checkpoint, so weights and optimizer state appear "
        "among the embeddings in the menu."
    ),
    "Save a checkpoint that contains only the embeddings.",
    "Nothing: checkpoints are copied as they are.",
)
RULES = (E11, E12, E18, W14)

KERAS_FILES = (".weights.h5", ".keras", ".h5")


def findings(view: View) -> Iterator[Finding]:
    """Check which folders are runs, and what their checkpoints contain."""
    if not view.runs:
        yield E18.finding(
            "there is nothing that TensorBoard would show",
            view.path,
            viewer="The page says: No checkpoint was found.",
            fix="Name a folder with a projector_config.pbtxt and its files, or with a checkpoint.",
            is_fixable=False,
        )
    for run in view.runs:
        if run.folder is not None:
            yield from _folder(run, run.folder)


def _folder(run: Run, folder: RunFolder) -> Iterator[Finding]:
    if not folder.is_listed:
        yield E18.finding(
            "the folder has no event file, so TensorBoard does not list it",
            folder.folder,
            fix=f"Point --logdir at {folder.folder} itself, or write an event file into it.",
        )
    checkpoint = folder.checkpoint
    leaked = checkpoint.matrices if checkpoint and checkpoint.is_parents else {}
    if checkpoint and leaked:
        yield E18.finding(
            (
                f"{len(leaked)} {'matrix' if len(leaked) == 1 else 'matrices'} of the checkpoint "
                f"above it, {checkpoint.prefix}, appear in this folder's list"
            ),
            folder.folder,
        )
    yield from _checkpoint(run, folder)


def _checkpoint(run: Run, folder: RunFolder) -> Iterator[Finding]:
    checkpoint = folder.checkpoint
    without_path = [entry for entry in run.config.entries if not entry.tensor_path]
    if checkpoint and checkpoint.problem and not checkpoint.is_parents:
        yield E12.finding(
            f"{checkpoint.prefix} cannot be read: {checkpoint.problem}", run.config.path
        )
    elif without_path and (checkpoint is None or checkpoint.is_parents):
        yield E12.finding(_no_checkpoint(folder, without_path[0].tensor_name), run.config.path)
    elif checkpoint and not checkpoint.problem:
        similar = set()
        for entry in without_path:
            name = entry.tensor_name.removesuffix(":0")
            if name and name not in checkpoint.matrices:
                similar.add(nearest(name, list(checkpoint.matrices)))
                yield E11.finding(_no_tensor(checkpoint, name), run.config.path)
        others = [
            tensor.name
            for tensor in run.tensors
            if not tensor.is_named and tensor.name not in similar
        ]
        if others and not checkpoint.is_parents:
            yield W14.finding(
                f"{len(others)} not named in the config: {some(others)}",
                Path(checkpoint.prefix),
            )


def _no_checkpoint(folder: RunFolder, name: str) -> str:
    keras = [path.name for path in _files(folder.folder) if path.name.endswith(KERAS_FILES)]
    hint = f"; {some(keras)} is not a TensorFlow checkpoint" if keras else ""
    return f"{name!r} has no tensor_path, and there is no checkpoint{hint}"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in [*folder.glob("*"), *folder.glob("*/*")] if path.is_file())


def _no_tensor(checkpoint: Checkpoint, name: str) -> str:
    if name in checkpoint.shapes:
        return f"{name!r} has shape {list(checkpoint.shapes[name])}; only matrices are shown"
    near = nearest(name, list(checkpoint.matrices))
    return f"the checkpoint has no {name!r}" + (f"; the nearest is {near!r}" if near else "")


def nearest(name: str, names: list[str]) -> str | None:
    """Find the most similar name, without what tf.train.Checkpoint and Keras add to it."""
    plain = {plain_name(candidate): candidate for candidate in names}
    if plain_name(name) in plain:
        return plain[plain_name(name)]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.3)
    return close[0] if close else (names[0] if len(names) == 1 else None)


def plain_name(name: str) -> str:
    """Remove what TensorFlow and Keras put around a variable's name when they save it."""
    name = name.removesuffix(":0").removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")
    return re.sub(r"/_?embeddings$", "", name)
