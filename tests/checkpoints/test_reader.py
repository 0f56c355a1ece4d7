"""Checkpoints are read as TensorFlow reads them, and by TensorFlow where they are unusual."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from projector_export.checkpoints.opening import (
    CheckpointReader,
    TensorFlowReader,
    latest_checkpoint,
    open_checkpoint,
)
from projector_export.checkpoints.reader import BundleReader, CheckpointError
from projector_export.checkpoints.sorted_table import read_sorted_table, sorted_table

GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3)
TYPES = "f4 f8 f2 ? i1 i2 i4 i8 u1 u2 u4 u8".split()


def save(prefix: Path, tensors: dict[str, np.ndarray], slices: list[str] | None = None) -> str:
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=[name.partition("#")[0] for name in tensors],
        shape_and_slices=slices or [""] * len(tensors),
        tensors=[tf.constant(tensor) for tensor in tensors.values()],
    )
    return str(prefix)


def assert_reads_the_same(ours: CheckpointReader, theirs: CheckpointReader) -> None:
    assert ours.shapes == theirs.shapes
    assert ours.dtypes == theirs.dtypes
    for name, dtype in ours.dtypes.items():
        if dtype.kind != "O":
            np.testing.assert_array_equal(ours.numbers(name), theirs.numbers(name), strict=True)


def test_every_type_and_shape_is_read_as_tensorflow_reads_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tensors = {
        f"{dtype} {shape}": (rng.integers(0, 100, shape) / 3).astype(dtype)
        for dtype in TYPES
        for shape in [(), (1,), (5,), (4, 3), (0, 3), (2, 3, 4)]
    }
    prefix = save(tmp_path / "all", tensors)
    reader = open_checkpoint(prefix)
    assert isinstance(reader, BundleReader)
    assert_reads_the_same(reader, TensorFlowReader(prefix))


def test_a_checkpoint_of_objects_is_read_with_its_graph(tmp_path: Path) -> None:
    saved = tf.train.Checkpoint(words=tf.Variable(MATRIX), step=tf.Variable(7, dtype=tf.int64))
    prefix = saved.save(str(tmp_path / "ckpt"))
    ours, theirs = open_checkpoint(prefix), TensorFlowReader(prefix)
    assert isinstance(ours, BundleReader)
    assert_reads_the_same(ours, theirs)
    assert ours.text(GRAPH) == theirs.text(GRAPH)
    assert b"words" in ours.text(GRAPH)


def test_numbers_in_several_files_are_read(tmp_path: Path) -> None:
    parts = [save(tmp_path / f"part{part}", {f"m{part}": MATRIX + part}) for part in range(3)]
    prefix = str(tmp_path / "whole")
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix=prefix)
    assert len(list(tmp_path.glob("whole.data-*-of-00003"))) == 3
    reader = open_checkpoint(prefix)
    assert isinstance(reader, BundleReader)
    assert_reads_the_same(reader, TensorFlowReader(prefix))


def test_an_index_of_many_blocks_is_read(tmp_path: Path) -> None:
    tensors = {f"tensor {number:05d}": np.array([number]) for number in range(12_000)}
    prefix = save(tmp_path / "many", tensors)
    assert (tmp_path / "many.index").stat().st_size > 2**18  # after which TensorFlow begins one
    reader = open_checkpoint(prefix)
    assert isinstance(reader, BundleReader)
    assert list(reader.shapes) == sorted(tensors)
    assert reader.numbers("tensor 11123").tolist() == [11_123]


def unusual(folder: Path, kind: str) -> str:
    """Save MATRIX in a way that only TensorFlow reads; return the prefix."""
    prefix = str(folder / "m")
    if kind == "slices":
        return save(
            folder / "m", {"m": MATRIX[:1], "m#": MATRIX[1:]}, ["4 3 0,1:0,3", "4 3 1,3:0,3"]
        )
    if kind == "bfloat16":
        return save(folder / "m", {"m": tf.cast(MATRIX, tf.bfloat16)})
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variable = tf.compat.v1.get_variable("m", initializer=MATRIX, use_resource=False)
        session.run(variable.initializer)
        saver = tf.compat.v1.train.Saver(write_version=tf.compat.v1.train.SaverDef.V1)
        return saver.save(session, prefix, write_meta_graph=False)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["slices", "bfloat16", "version 1"])
def test_what_is_unusual_is_read_with_tensorflow(kind: str, tmp_path: Path) -> None:
    reader = open_checkpoint(unusual(tmp_path, kind))
    assert isinstance(reader, TensorFlowReader)
    np.testing.assert_array_equal(reader.numbers("m").astype("f4"), MATRIX)


def read_by(reader_class: type, prefix: str) -> dict[str, bytes] | None:
    """Return what a reader makes of a checkpoint; None if it refuses it."""
    try:
        reader = reader_class(prefix)
        return {name: np.asarray(reader.numbers(name)).tobytes() for name in reader.shapes}
    except Exception:  # noqa: BLE001 - as damage is reported in many ways
        return None


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_no_changed_byte_is_read_as_something_else_than_tensorflow_reads(
    suffix: str, tmp_path: Path
) -> None:
    prefix = save(tmp_path / "m", {"first": MATRIX, "second": MATRIX[:2]})
    path = Path(prefix + suffix)
    content = path.read_bytes()
    num_refused = 0
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x15
        path.write_bytes(changed)
        ours = read_by(BundleReader, prefix)
        num_refused += ours is None
        if ours is not None:
            assert ours == read_by(TensorFlowReader, prefix), place
    assert num_refused > 0.6 * len(content)  # the rest is padding and a block of nothing


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_a_cut_file_is_an_error_in_one_line(suffix: str, tmp_path: Path) -> None:
    prefix = save(tmp_path / "m", {"first": MATRIX, "second": MATRIX[:2]})
    path = Path(prefix + suffix)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(CheckpointError) as caught:
        open_checkpoint(prefix).numbers("second")
    assert "\n" not in str(caught.value)


def test_damaged_numbers_are_named(tmp_path: Path) -> None:
    prefix = save(tmp_path / "m", {"first": MATRIX, "second": MATRIX[:2]})
    path = Path(prefix + ".data-00000-of-00001")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    reader = open_checkpoint(prefix)
    np.testing.assert_array_equal(reader.numbers("first"), MATRIX)
    with pytest.raises(CheckpointError, match="the checksum of 'second' is wrong"):
        reader.numbers("second")
    path.unlink()
    with pytest.raises(CheckpointError, match="the numbers of 'second' are not in"):
        reader.numbers("second")


@given(st.dictionaries(st.binary(max_size=40), st.binary(max_size=300), min_size=1, max_size=60))
def test_a_sorted_table_is_read_back(entries: dict[bytes, bytes]) -> None:
    read = read_sorted_table(sorted_table(entries))
    assert read == entries
    assert list(read) == sorted(entries)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_tables_fail_otherwise(content: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        read_sorted_table(content)


def test_the_newest_checkpoint_is_the_one_that_the_state_file_names(tmp_path: Path) -> None:
    saved = tf.train.Checkpoint(words=tf.Variable(MATRIX))
    manager = tf.train.CheckpointManager(saved, str(tmp_path), max_to_keep=2)
    for _ in range(3):
        manager.save()
    assert latest_checkpoint(tmp_path) == str(tmp_path / "ckpt-3") == manager.latest_checkpoint
    (tmp_path / "ckpt-3.index").unlink()
    assert latest_checkpoint(tmp_path) is None
    assert latest_checkpoint(tmp_path / "missing") is None
