"""Vectors and maps do not depend on the number of cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.planted_books import write_planted_books

PROGRAM = "import os, sys; os.sched_setaffinity(0, {cores}); from projector_export.cli.main import main; main(sys.argv[1:])"

several_cores = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two cores, and a system that lets a process be kept off one",
)


def run_on(cores: set[int], arguments: list[str], folder: Path) -> None:
    command = [sys.executable, "-c", PROGRAM.format(cores=cores), *arguments]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)


def layouts_of(folder: Path) -> dict[str, bytes]:
    """The layouts' coordinates as they were cached, by the whole name: method and hash."""
    return {path.name: np.load(path)["layout"].tobytes() for path in folder.glob("*.npz")}


@several_cores
@pytest.mark.slow
def test_one_core_and_all_cores_give_the_same_vectors_and_maps(tmp_path) -> None:
    write_planted_books(tmp_path / "books.ndjson")
    (tmp_path / "config.yaml").write_text("dataset: {books: books.ndjson}\nlogdir: .\n")
    every = os.sched_getaffinity(0)
    for name, cores in (("one", {min(every)}), ("all", every)):
        run_on(cores, ["run", "config.yaml", f"--set=run={name}"], tmp_path)
    one, all_ = (tmp_path / name for name in ("one", "all"))
    assert (one / "vectors.npz").read_bytes() == (all_ / "vectors.npz").read_bytes()
    maps = layouts_of(one / "layouts")
    assert {name.split("-")[0] for name in maps} == {"tsne", "umap", "pca"}
    assert layouts_of(all_ / "layouts") == maps


@several_cores
@pytest.mark.slow
def test_a_few_thousand_vectors_get_the_same_maps_on_one_core_and_on_all(tmp_path) -> None:
    rng = np.random.default_rng(0)
    groups = rng.normal(size=(40, 64)).repeat(60, axis=0)
    np.save(tmp_path / "vectors.npy", (groups + rng.normal(size=groups.shape)).astype(np.float32))
    every = os.sched_getaffinity(0)
    maps = []
    for name, cores in (("one", {min(every)}), ("all", every)):
        environment = {"PROJECTOR_EXPORT_LAYOUT_CACHE": str(tmp_path / f"cache-{name}")}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(*environment.popitem())
            run_on(cores, ["export", "vectors.npy", "-o", name], tmp_path)
        maps.append(layouts_of(tmp_path / f"cache-{name}"))
        made_of = json.loads((tmp_path / name / "projector" / "layouts.json").read_text())
        assert set(made_of) == {"tsne", "umap", "pca"}
    assert len(maps[0]) == 3
    assert maps[0] == maps[1]
