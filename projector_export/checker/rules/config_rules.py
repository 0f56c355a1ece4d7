"""Rules about configs: whether they parse, their paths and their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.configs import AssetProblem
from projector_export.checker.model.view import Run, Tensor, View

E10 = Rule(
    "E10",
    "A file that the config names cannot be fetched",
    (
        "TensorBoard 2.21 serves nothing outside the folder of projector_config.pbtxt, whether by "
        "`..`, an absolute path or a link, and it fails if a `tensor_path` is missing. The page "
        "shows an error instead of the points."
    ),
    "Put the file into the config's folder and use its bare file name.",
    "Copies the file next to the config and writes its bare name, if the file exists; one outside the checked folder only with `--copy-outside`.",
)
E17 = Rule(
    "E17",
    "The config does not parse, or names an embedding twice",
    (
        "A projector_config.pbtxt that does not parse makes the plugin answer HTTP 500 for every "
        "run, and the page stays empty. With a JSON config that does not parse the page stays at: "
        "Fetching projector config. If two entries have one name, only the first is used."
    ),
    "Fix the line named here, or give each entry a unique name.",
    "Nothing: what was intended would be a guess.",
)
E20 = Rule(
    "E20",
    "The JSON config does not give a tensor's shape",
    (
        "The web app does not list a tensor without `tensorShape`, and cannot read a .bytes file "
        "without it."
    ),
    'Add "tensorShape": [rows, dimensions].',
    "Writes the shape of vectors as text, and of a .bytes file if its metadata gives the rows.",
)
W16 = Rule(
    "W16",
    "A web address that the page may not be allowed to read",
    (
        "projector.tensorflow.org uses https and reads other sites only if they use https too and "
        "send an Access-Control-Allow-Origin header; otherwise the page shows an error or waits."
    ),
    "Host the files where that header is sent, for instance raw.githubusercontent.com.",
    "Replaces addresses of files on github.com by raw.githubusercontent.com.",
)
W18 = Rule(
    "W18",
    "A name with & # + or %",
    (
        "The page does not escape run and tensor names in its requests, so these characters cut "
        "or change them, and TensorBoard answers that the name is unknown."
    ),
    "Use only letters, digits, blanks and _ . / -",
    "Replaces them by _ in the names of tensors that have a `tensor_path`.",
)
RULES = (E10, E17, E20, W16, W18)

UNSAFE_CHARACTERS = re.compile(r"[&#+%]")
HOSTS_WITHOUT_CORS = (
    "github.com",
    "drive.google.com",
    "docs.google.com",
    "dropbox.com",
    "www.dropbox.com",
)
_PROBLEM_TEXT: dict[AssetProblem, str] = {
    "outside": "leads outside the config's folder",
    "absolute": "is absolute, so it works only on this machine",
    "missing": "does not exist",
}


def findings(view: View) -> Iterator[Finding]:
    """Check every config and its entries."""
    for run in view.runs:
        yield from _config(view, run)
        for tensor in run.tensors:
            yield from _assets(tensor)
            if view.viewer == "web app" and len(tensor.shape or ()) != 2:
                yield E20.finding(f"{tensor.name!r} has no tensorShape", tensor.source)


def _config(view: View, run: Run) -> Iterator[Finding]:
    config = run.config
    if config.problem:
        yield E17.finding(
            f"does not parse: {config.problem}", config.path, line=config.problem_line
        )
    names = Counter(entry.tensor_name.removesuffix(":0") for entry in config.entries)
    for name, count in names.items():
        if count > 1:
            yield E17.finding(f"{count} embeddings are named {name!r}", config.path)
    if view.viewer == "TensorBoard" and run.is_shown:
        named = [run.name, *(tensor.name for tensor in run.tensors if tensor.is_named)]
        for name in named:
            if found := sorted(set(UNSAFE_CHARACTERS.findall(name))):
                yield W18.finding(f"the name {name!r} contains {' '.join(found)}", config.path)


def _assets(tensor: Tensor) -> Iterator[Finding]:
    for key, asset in tensor.assets.items():
        if asset.problem == "url":
            yield from _address(tensor, asset.written)
        elif asset.problem:
            harmless = asset.problem == "absolute" and asset.file is not None
            yield E10.finding(
                f"{key} {asset.written!r} {_PROBLEM_TEXT[asset.problem]}",
                tensor.source,
                severity="warning" if harmless else None,
                viewer="It works until the folder is moved." if harmless else None,
                is_fixable=_exists(tensor.source.parent, asset.written),
            )


def _exists(folder: Path, written: str) -> bool:
    """Whether a path that the viewer does not follow leads to a file."""
    try:
        return (folder / written).is_file()
    except (OSError, ValueError):
        return False


def _address(tensor: Tensor, written: str) -> Iterator[Finding]:
    address = urlsplit(written)
    if address.scheme == "http":
        yield W16.finding(f"{written} is not https", tensor.source, is_fixable=False)
    elif (address.hostname or "").lower() in HOSTS_WITHOUT_CORS:
        yield W16.finding(
            f"{address.hostname} sends no Access-Control-Allow-Origin header: {written}",
            tensor.source,
            is_fixable=address.hostname == "github.com",
        )
