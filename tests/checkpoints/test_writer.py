"""Checkpoints are written byte by byte as TensorFlow writes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.checkpoints.writer import write_bundle

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SHAPES = st.tuples(st.integers(0, 40), st.integers(0, 9))
FILES = (".index", ".data-00000-of-00001")


def matrices_of(shapes: dict[str, tuple[int, int]]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def save_with_tensorflow(prefix: Path, matrices: dict[str, np.ndarray]) -> None:
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(matrices),
        shape_and_slices=[""] * len(matrices),
        tensors=[tf.constant(matrix) for matrix in matrices.values()],
    )


def assert_same_files(folder: Path, matrices: dict[str, np.ndarray]) -> None:
    save_with_tensorflow(folder / "theirs", matrices)
    write_bundle(folder / "ours", matrices)
    for suffix in FILES:
        assert (folder / f"ours{suffix}").read_bytes() == (folder / f"theirs{suffix}").read_bytes()


@settings(max_examples=60, deadline=None)
@given(shapes=st.dictionaries(NAMES, SHAPES, min_size=1, max_size=50))
def test_both_files_are_those_of_tensorflow(shapes: dict[str, tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        assert_same_files(Path(folder), matrices_of(shapes))


def test_so_are_those_of_matrices_that_are_written_in_several_chunks(tmp_path: Path) -> None:
    assert_same_files(tmp_path, matrices_of({"a": (40_000, 70), "b": (3, 1)}))  # 11 MB


@pytest.mark.parametrize("order", ["C", "F"])
def test_any_order_in_memory_and_any_type_become_rows_of_float32(order, tmp_path: Path) -> None:
    matrix = np.arange(12, dtype=">f8").reshape(4, 3)
    write_bundle(tmp_path / "m", {"m": np.asarray(matrix, order=order)})
    read = tf.train.load_checkpoint(str(tmp_path / "m")).get_tensor("m")
    np.testing.assert_array_equal(read, matrix.astype(np.float32), strict=True)


def test_tensorflow_reads_an_index_of_thousands_of_tables(tmp_path: Path) -> None:
    """It is one block here, where TensorFlow begins a new one after each 256 KB."""
    matrices = {f"table {number:05d}": np.full((1, 3), number, "f4") for number in range(12_000)}
    write_bundle(tmp_path / "m", matrices)
    assert (tmp_path / "m.index").stat().st_size > 2**18
    reader = tf.train.load_checkpoint(str(tmp_path / "m"))
    for number in (0, 4_567, 11_999):
        assert reader.get_tensor(f"table {number:05d}").tolist() == [[number] * 3]


def test_no_export_and_no_check_loads_tensorflow(tmp_path: Path) -> None:
    script = (
        "import sys, projector_export as px\n"
        "from projector_export.torch import add_embedding\n"
        "rows = [[float(row), 1, row % 7, -1] for row in range(40)]\n"
        "px.export(rows, folder='map', layouts=('tsne', 'pca'))\n"
        "px.append('map', px.Embedding('more', rows))\n"
        "assert px.check('map').num_errors == 0\n"
        "px.export(px.read_embedding('map/projector', array='more'), folder='again', layouts=())\n"
        "px.open_export('map/projector').neighbors('row 3')\n"
        "add_embedding('logs', rows)\n"
        "print(sorted({'tensorflow', 'keras', 'torch'} & sys.modules.keys()))\n"
    )
    words = [sys.executable, "-c", script]
    output = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert output.stdout == "[]\n"
