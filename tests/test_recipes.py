"""Every block in docs/recipes.md runs, and what it exports has no errors."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import projector_export as px
from tests.helpers import vector_files
from tests.helpers.running import PROJECT, exit_code
from tests.helpers.vector_files import DIM, NUM_ROWS, TABLE, VECTORS, WORDS

PAGE = (PROJECT / "docs" / "recipes.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^## (\d+\. .*?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
RETURNS_FINDINGS = "projector-export check logs/run"  # the run is broken on purpose

pytestmark = [
    pytest.mark.slow,  # both maps for each
    # What Keras and AnnData say of NumPy and pandas while they write the files.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

# Experiment trackers log to files.
TRACKERS = {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "MLFLOW_TRACKING_URI": "mlruns",
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
Given = dict[str, Any]
GIVEN: dict[str, Callable[[], Given]] = {}  # a recipe's number -> makes its files and names


def given(number: int) -> Callable[[Callable[[], Given]], Callable[[], Given]]:
    def add(make: Callable[[], Given]) -> Callable[[], Given]:
        GIVEN[str(number)] = make
        return make

    return add


@given(2)
def a_table_with_vectors() -> Given:
    vector_files.parquet_of_lists(Path()).rename("words.parquet")
    return {"table": TABLE.assign(embedding=list(VECTORS))}


@given(3)
def a_polars_frame() -> Given:
    import polars as pl

    return {"frame": pl.DataFrame({**TABLE.to_dict("list"), "embedding": VECTORS.tolist()})}


@given(4)
def word_vectors() -> Given:
    vector_files.word2vec_text(Path()).rename("words.vec")
    TABLE.to_csv("topics.csv", index=False)
    return {"keyed_vectors": vector_files.keyed_vectors()}


@given(5)
def a_trained_model() -> Given:
    TABLE.to_csv("words.csv", index=False)
    model = vector_files.keras_model()
    model.save("model.keras")
    return {"model": model}


@given(6)
def a_model_to_train() -> Given:
    inputs = np.arange(NUM_ROWS)[:, None]
    return {"model": vector_files.keras_model(), "inputs": inputs, "targets": inputs / NUM_ROWS}


@given(7)
def a_checkpoint() -> Given:
    import tensorflow as tf

    TABLE.to_csv("words.csv", index=False)
    tf.train.Checkpoint(words=tf.Variable(VECTORS)).save("checkpoints/ckpt")
    return {}


@given(8)
def an_embedding_with_a_weight() -> Given:
    """Torch is not installed for tests; its tensors have `__array__`, as this one has."""

    class Tensor:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array(VECTORS, dtype=dtype)

        def detach(self) -> Tensor:
            return self

        def cpu(self) -> Tensor:
            return self

        def float(self) -> Tensor:
            return self

    class Layer:
        weight = Tensor()

    return {"embedding": Layer()}


@given(9)
def a_safetensors_file() -> Given:
    from safetensors.numpy import save_file

    TABLE.to_csv("words.csv", index=False)
    save_file({"embeddings": VECTORS}, "model.safetensors")
    return {}


@given(10)
def cells() -> Given:
    vector_files.anndata(Path()).rename("cells.h5ad")
    return {}


@given(11)
def a_database() -> Given:
    vector_files.chroma(Path())
    return {}


@given(12)
def wide_vectors() -> Given:
    vectors = np.random.default_rng(1).normal(size=(4 * NUM_ROWS, 768))
    return {"wide_vectors": vectors, "table": pd.concat([TABLE] * 4)}


@given(14)
def vectors_of_topics() -> Given:
    return {"topic_vectors": VECTORS[:3], "topic_names": ["sea", "land", "sky"]}


@given(15)
def a_run_of_another_tool() -> Given:
    """Its labels have line breaks in quotes, which the viewer reads as two rows."""
    folder = Path("logs/run")
    folder.mkdir(parents=True)
    vector_files.tsv_pair(folder)
    labels = [f"{word}\nagain" for word in WORDS]
    TABLE.assign(word=labels).to_csv(folder / "m.tsv", sep="\t", index=False)
    return {}


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_ends_with_a_map_that_has_no_errors(title: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in TRACKERS.items():
        monkeypatch.setenv(name, value)
    names = {"px": px, "vectors": VECTORS, "words": WORDS, "table": TABLE}
    names |= GIVEN.get(title.partition(".")[0], dict)()
    for language, block in re.findall(r"```(python|sh)\n(.*?)```", RECIPES[title], re.DOTALL):
        shutil.rmtree("map", ignore_errors=True)  # blocks of one recipe are alternatives
        run_block(language, block, names)
    exported = "logs/fit/projector/epoch-0002" if "ProjectorCallback" in RECIPES[title] else "map"
    errors = [found for found in px.check(exported).findings if found.severity == "error"]
    assert errors == []
    if "mlflow" in RECIPES[title]:
        require_logged_pages()
    tables = px.open_export(exported).tables
    assert len(names["table"]) in {len(table.vectors) for table in tables.values()}


def require_logged_pages() -> None:
    """Require that each tracker has the page, byte for byte."""
    page = Path("words.html").read_bytes()
    for pattern in ("wandb/offline-run-*/files/media/html/*.html", "mlruns/*/*/artifacts/*.html"):
        (logged,) = Path().glob(pattern)
        assert logged.read_bytes() == page, pattern


def run_block(language: str, block: str, names: Given) -> None:
    if language == "python":
        exec(compile(block, "docs/recipes.md", "exec"), names)  # noqa: S102
        return
    for line in block.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "projector-export"
        assert exit_code(arguments) == (1 if line == RETURNS_FINDINGS else 0), line


def test_there_are_fifteen_recipes_at_least_and_vectors_have_the_shape_they_show() -> None:
    assert len(RECIPES) >= 15
    assert VECTORS.shape == (NUM_ROWS, DIM)
