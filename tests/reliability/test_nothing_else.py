"""Nothing outside the result's folder is written or deleted, whatever names and links say."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.helpers.planted_books import write_planted_books
from tests.helpers.running import exit_code

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1800)]

TRAPS = int(os.environ.get("TRAPS", "30"))  # `make soak` sets more
SETTINGS = settings(
    max_examples=TRAPS,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# What a job writes, reads or deletes, as a link to something else.
LINKED = [
    *("map/projector", "map/upload", "map/site", "map/site.html", "map/report.html", "map/plots"),
    *("map/report.json", "map/metrics.json", "map/config.yaml", "map/layouts", "map/checkpoints"),
    *("map/upload/words.metadata.tsv", "map/upload/projector_config.json", "map/site/index.html"),
    *("map/projector/checkpoint", "map/projector/projector_config.pbtxt", "map/site.html.partial"),
    *(".map.lock", ".map.abcdefgh.partial", ".map.old-abcdefgh.partial", "out", "fixed"),
    *(
        ".out.lock",
        ".site.abcdefgh.partial",
        "out/projector",
        "out/site",
        "map/.site.abcdefgh.partial",
    ),
]
NESTED = "out/fixed"  # a result inside a folder that is named, which may be a link
COMMANDS = [
    "export vectors.npy words.csv --layouts none -o map --force",
    "export vectors.npy words.csv --layouts none -o out --force",
    "export map",
    "site map --force",
    "site map -o out --force",
    "site map --single-file --force",
    "report map",
    "plot map",
    "check map",
    "check map/upload --fix -o out",
    "check map --fix -o fixed",
    f"check map --fix -o {NESTED}",
    "neighbors map w3",
    "append map vectors.npy words.csv --layouts none --name more",
    "publish map --to out --yes",
]


def content(folder: Path, *, besides: Sequence[Path] = ()) -> dict[str, object]:
    """Return what is in a folder: bytes, links, permissions and times of change.

    Args:
        folder: the folder.
        besides: results that may be written there, which change the time of the folder around them.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        if not any(path.is_relative_to(result) for result in besides):
            has_result = any(path == result.parent for result in besides)
            found[str(path.relative_to(folder))] = state_of(path)[: 2 if has_result else 3]
    return found


def state_of(path: Path) -> tuple[str, int, int]:
    status = path.lstat()
    if path.is_symlink():
        held = str(path.readlink())
    else:
        held = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return held, status.st_mode, status.st_mtime_ns


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in, and next to it the files of somebody else."""
    root = tmp_path_factory.mktemp("template")
    work, other = root / "work", root / "other"
    work.mkdir()
    rows = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    np.save(work / "vectors.npy", rows)
    (work / "words.csv").write_text("word,topic\n" + "".join(f"w{n},t{n % 3}\n" for n in range(30)))
    with working_in(work):
        assert exit_code("export vectors.npy words.csv --layouts pca -q -o map".split()) == 0
        assert exit_code("site map -q --force".split()) == 0
    (other / "folder" / "deeper").mkdir(parents=True)
    for name in ("file", "folder/index.html", "folder/deeper/projector_config.pbtxt"):
        (other / name).write_text("private\n")
    shutil.copytree(work / "map", other / "map")
    return root


@pytest.fixture
def copies(template: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the folder to work in, and of the files of somebody else."""
    work, other = (shutil.copytree(template / name, tmp_path / name) for name in ("work", "other"))
    return work, other


@SETTINGS
@given(
    st.lists(st.sampled_from(LINKED), min_size=1, max_size=3, unique=True),
    st.sampled_from(["file", "folder", "map", "map/upload", "nothing"]),
    st.sampled_from(COMMANDS),
)
def test_links_lead_no_job_to_the_files_of_others(template, linked, target, command) -> None:
    with tempfile.TemporaryDirectory() as root:
        work, other = (
            shutil.copytree(template / name, Path(root, name), copy_function=shutil.copy2)
            for name in ("work", "other")
        )
        for name in linked:
            put_link(work / name, other / target)
        named = [(work / NESTED).resolve()] if NESTED in command else []
        before = content(other, besides=named)
        with working_in(work):
            assert exit_code([*command.split(), "-q"]) in (0, 1, 2)
        assert content(other, besides=named) == before
        assert (work / "vectors.npy").is_file()


def test_pictures_replace_a_link_in_the_place_of_their_folder(copies) -> None:
    work, other = copies
    put_link(work / "map/plots", other / "folder")
    before = content(other)
    with working_in(work):
        assert exit_code("plot map -q".split()) == 0
    assert content(other) == before
    assert (work / "map/plots/vectors_pca.png").is_file()


def test_in_a_linked_folder_that_is_named_only_the_result_is_written(copies) -> None:
    work, other = copies
    put_link(work / "out", other / "folder")
    before = content(other, besides=[other / "folder/fixed"])
    with working_in(work):
        assert exit_code(f"check map --fix -o {NESTED} -q".split()) == 0
    assert (other / "folder/fixed/projector").is_dir()
    assert content(other, besides=[other / "folder/fixed"]) == before


def put_link(path: Path, target: Path) -> None:
    if not path.parent.is_dir() or path.parent.is_symlink():
        return  # a link is above it already
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


NAMES = st.lists(
    st.sampled_from(["..", ".", "/", "x", "~", "\n", "\0", "-", " ", "\\", "é", "$HOME", "logs"]),
    min_size=1,
    max_size=6,
).map("".join)


@settings(SETTINGS, max_examples=max(10, TRAPS // 3))
@given(NAMES, NAMES)
def test_a_run_is_written_below_its_logdir_only(tmp_path_factory, name, key) -> None:
    root = tmp_path_factory.mktemp("names")
    (root / "a" / "work").mkdir(parents=True)
    (root / "x").write_text("private\n")
    write_planted_books(root / "a/work/books.ndjson")
    (root / "a/work/config.yaml").write_text(
        "dataset: {books: books.ndjson}\ntraining: {epochs: 1}\n"
    )
    before = {path: value for path, value in content(root).items() if path != "a/work"}
    with working_in(root / "a" / "work"):
        changes = [f"--set=run={json.dumps(name)}", f"--set=export.title={json.dumps(key)}"]
        assert exit_code(["train", "config.yaml", "-q", *changes]) in (0, 1, 2)
    shutil.rmtree(root / "a/work/logs", ignore_errors=True)
    assert {path: value for path, value in content(root).items() if path != "a/work"} == before
