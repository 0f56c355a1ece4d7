"""Rules about what is found at all: folders, configs, checkpoints and the paths between them."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from projector_export.check.configs import AssetProblem
from projector_export.check.findings import Finding, Rule
from projector_export.check.server import Checkpoint, RunFolder
from projector_export.check.viewer import Run, Tensor, View

E10 = Rule(
    "E10",
    "A file that the config names cannot be fetched",
    "TensorBoard 2.21 serves nothing outside the folder of projector_config.pbtxt, whatever `..`, absolute paths or links lead there, and it stops at a `tensor_path` that is missing. The page shows an error in place of the points.",
    "Put the file into the config's folder and name it by its bare file name.",
    "Copies the file beside the config and writes its bare name, if the file is there.",
)
E11 = Rule(
    "E11",
    "The checkpoint has no tensor of that name",
    "The entry is not listed, and its metadata is not used; the tensor shows under its own name, without labels.",
    "Write the tensor's name as it is in the checkpoint, or give the entry a `tensor_path`.",
    "Nothing: which tensor is meant would be a guess.",
)
E12 = Rule(
    "E12",
    "There is no checkpoint that TensorBoard can read",
    "An entry without `tensor_path` needs a TensorFlow checkpoint. Without one it is not listed, and if no other entry has its own file the page says: No checkpoint was found.",
    "Write the vectors to a file and name it as `tensor_path`, with `tensor_shape`; or save them with tf.train.Checkpoint. Keras' .weights.h5 and .keras files are no checkpoints.",
    "Nothing: the vectors are not there to be mended.",
)
E17 = Rule(
    "E17",
    "The config does not parse, or names an embedding twice",
    "A projector_config.pbtxt that does not parse makes the plugin answer HTTP 500 for every run, and the page stays empty. A JSON config that does not parse leaves the page on: Fetching projector config. Of two entries with one name only the first is used.",
    "Mend the line that is named, or give each entry a name of its own.",
    "Nothing: what was meant would be a guess.",
)
E18 = Rule(
    "E18",
    "TensorBoard does not list this folder, or lists another's tensors with it",
    "A folder below the log directory is a run only if it holds an event file. A run without a checkpoint of its own gets the one in the folder above, with all its matrices.",
    "Point --logdir at the folder itself, or write an event file into it. Keep exports out of folders that lie below a checkpoint.",
    "Writes an event file into the folder. A checkpoint above it is left behind, as only the folder is copied.",
)
E20 = Rule(
    "E20",
    "The JSON config does not give a tensor's shape",
    "The web app does not list a tensor without `tensorShape`, and cannot read a .bytes file without it.",
    'Add "tensorShape": [rows, dimensions].',
    "Writes the shape of vectors that are text; of a .bytes file if its metadata gives the rows.",
)
W14 = Rule(
    "W14",
    "The checkpoint holds other matrices",
    "TensorBoard lists every matrix of the checkpoint, so weights and optimizer state stand among the embeddings in the menu.",
    "Save a checkpoint that holds the embeddings and nothing else.",
    "Nothing: checkpoints are copied as they are.",
)
W16 = Rule(
    "W16",
    "A web address that the page may not be allowed to read",
    "projector.tensorflow.org is https and reads other sites only if they are https too and send an Access-Control-Allow-Origin header; else the page shows an error or waits.",
    "Host the files where such a header is sent, for instance raw.githubusercontent.com.",
    "Turns addresses of files on github.com into those of raw.githubusercontent.com.",
)
W18 = Rule(
    "W18",
    "A name with & # + or %",
    "The page puts run and tensor names into its requests as they are, so these characters cut or change them and TensorBoard answers that it does not know the name.",
    "Use letters, digits, blanks and _ . / - only.",
    "Puts _ in place of such characters in tensor names that have a `tensor_path`.",
)
RULES = (E10, E11, E12, E17, E18, E20, W14, W16, W18)

UNSAFE_CHARACTERS = re.compile(r"[&#+%]")
KERAS_FILES = (".weights.h5", ".keras", ".h5")
HOSTS_WITHOUT_CORS = (
    "github.com",
    "drive.google.com",
    "docs.google.com",
    "dropbox.com",
    "www.dropbox.com",
)
_PROBLEM_TEXT: dict[AssetProblem, str] = {
    "outside": "leads outside the config's folder",
    "absolute": "is absolute, so it works on this machine alone",
    "missing": "is not there",
}


def findings(view: View) -> Iterator[Finding]:
    """Check what is found, before what is in it."""
    if not view.runs:
        yield E18.found(
            "there is nothing here that TensorBoard would show",
            view.path,
            mend="A folder needs a projector_config.pbtxt and what it names, or a checkpoint.",
        )
    for run in view.runs:
        yield from _config(view, run)
        if view.viewer == "TensorBoard" and run.folder is not None:
            yield from _folder(run, run.folder)
        for tensor in run.tensors:
            yield from _assets(view, tensor)
            if view.viewer == "web app" and len(tensor.shape or ()) != 2:
                yield E20.found(f"{tensor.name!r} has no tensorShape", tensor.source)


def _config(view: View, run: Run) -> Iterator[Finding]:
    config = run.config
    if config.problem:
        yield E17.found(f"does not parse: {config.problem}", config.path, line=config.problem_line)
    names = Counter(entry.tensor_name.removesuffix(":0") for entry in config.entries)
    for name, count in names.items():
        if count > 1:
            yield E17.found(f"{count} embeddings are named {name!r}", config.path)
    if view.viewer == "TensorBoard" and run.is_shown:
        named = [run.name, *(tensor.name for tensor in run.tensors if tensor.is_named)]
        for name in named:
            if found := sorted(set(UNSAFE_CHARACTERS.findall(name))):
                yield W18.found(f"the name {name!r} holds {' '.join(found)}", config.path)


def _folder(run: Run, folder: RunFolder) -> Iterator[Finding]:
    if not folder.is_listed:
        yield E18.found(
            "the folder has no event file, so TensorBoard does not list it",
            folder.folder,
            mend=f"Point --logdir at {folder.folder} itself, or write an event file into it.",
        )
    checkpoint = folder.checkpoint
    leaked = checkpoint.matrices if checkpoint and checkpoint.is_parents else {}
    if checkpoint and leaked:
        yield E18.found(
            f"{len(leaked)} {'matrix' if len(leaked) == 1 else 'matrices'} of the checkpoint above it, {checkpoint.prefix}, are listed with this folder",
            folder.folder,
        )
    yield from _checkpoint(run, folder)


def _checkpoint(run: Run, folder: RunFolder) -> Iterator[Finding]:
    checkpoint = folder.checkpoint
    wanting = [entry for entry in run.config.entries if not entry.tensor_path]
    if checkpoint and checkpoint.problem and not checkpoint.is_parents:
        yield E12.found(
            f"{checkpoint.prefix} cannot be read: {checkpoint.problem}", run.config.path
        )
    elif wanting and (checkpoint is None or checkpoint.is_parents):
        yield E12.found(_no_checkpoint(folder, wanting[0].tensor_name), run.config.path)
    elif checkpoint and not checkpoint.problem:
        meant = set()
        for entry in wanting:
            name = entry.tensor_name.removesuffix(":0")
            if name and name not in checkpoint.matrices:
                meant.add(nearest(name, list(checkpoint.matrices)))
                yield E11.found(_no_tensor(checkpoint, name), run.config.path)
        others = [
            tensor.name
            for tensor in run.tensors
            if not tensor.is_named and tensor.name not in meant
        ]
        if others and not checkpoint.is_parents:
            yield W14.found(
                f"{len(others)} that the config does not name: {_some(others)}",
                Path(checkpoint.prefix),
            )


def _no_checkpoint(folder: RunFolder, name: str) -> str:
    keras = [path.name for path in _files(folder.folder) if path.name.endswith(KERAS_FILES)]
    beside = f"; {_some(keras)} is no TensorFlow checkpoint" if keras else ""
    return f"{name!r} has no tensor_path, and there is no checkpoint{beside}"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in [*folder.glob("*"), *folder.glob("*/*")] if path.is_file())


def _no_tensor(checkpoint: Checkpoint, name: str) -> str:
    if name in checkpoint.shapes:
        return f"{name!r} has shape {list(checkpoint.shapes[name])}; only matrices are shown"
    near = nearest(name, list(checkpoint.matrices))
    return f"the checkpoint has no {name!r}" + (f"; the nearest is {near!r}" if near else "")


def nearest(name: str, names: list[str]) -> str | None:
    """Find the name most like `name`, whatever tf.train.Checkpoint and Keras add to it."""
    plain = {plain_name(candidate): candidate for candidate in names}
    if plain_name(name) in plain:
        return plain[plain_name(name)]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.3)
    return close[0] if close else (names[0] if len(names) == 1 else None)


def plain_name(name: str) -> str:
    """Take off what the savers of checkpoints put around a variable's name."""
    name = name.removesuffix(":0").removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")
    return re.sub(r"/_?embeddings$", "", name)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _assets(view: View, tensor: Tensor) -> Iterator[Finding]:
    for key, asset in tensor.assets.items():
        if asset.problem == "url":
            yield from _address(tensor, asset.written)
        elif asset.problem:
            harmless = asset.problem == "absolute" and asset.file is not None
            yield E10.found(
                f"{key} {asset.written!r} {_PROBLEM_TEXT[asset.problem]}",
                tensor.source,
                severity="warning" if harmless else None,
                viewer="It works here and now, and no longer once the folder is moved."
                if harmless
                else None,
            )


def _address(tensor: Tensor, written: str) -> Iterator[Finding]:
    address = urlsplit(written)
    if address.scheme == "http":
        yield W16.found(f"{written} is not https", tensor.source)
    elif (address.hostname or "").lower() in HOSTS_WITHOUT_CORS:
        yield W16.found(
            f"{address.hostname} sends no Access-Control-Allow-Origin header: {written}",
            tensor.source,
        )
