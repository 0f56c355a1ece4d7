"""Folders and pairs of other tools: Keras' callback, add_embedding, word2vec2tensor."""

from __future__ import annotations

from pathlib import Path

from projector_export.checker.check import check
from projector_export.checker.findings import Report
from projector_export.fixer.fix import write_fixed
from tests.helpers.check_exports import (
    NUM_ROWS,
    event_file,
    good_rows,
    good_vectors,
    png,
    text_vectors,
    tsv,
)


def codes(report: Report) -> list[str]:
    return sorted({finding.code for finding in report.findings})


def keras_callback(folder: Path) -> Path:
    """`TensorBoard(log_dir, embeddings_freq=1, embeddings_metadata="metadata.tsv")` of Keras 3."""
    (folder / "train").mkdir(parents=True)
    (folder / "train" / "events.out.tfevents.1.host").write_bytes(event_file())
    (folder / "train" / "keras_embedding.ckpt-0.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (folder / "projector_config.pbtxt").write_text(
        'embeddings {\n  tensor_name: "layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"\n'
        '  metadata_path: "metadata.tsv"\n}\n'
    )
    (folder / "metadata.tsv").write_text("".join(f"word {row}\n" for row in range(NUM_ROWS)))
    return folder


def test_keras_3_callback_leaves_no_checkpoint_that_tensorboard_can_read(tmp_path: Path):
    report = check(keras_callback(tmp_path))
    assert codes(report) == ["E12", "W01"]
    assert "keras_embedding.ckpt-0.weights.h5" in report.findings[0].message
    assert report.views[0].shown_runs == []


def add_embedding(folder: Path, *, label_img: bytes, metadata: bytes) -> Path:
    """`SummaryWriter(folder).add_embedding(matrix, metadata, label_img, global_step=0)` of torch."""
    inner = folder / "00000" / "default"
    inner.mkdir(parents=True)
    (folder / "events.out.tfevents.1.host").write_bytes(event_file())
    (inner / "tensors.tsv").write_bytes(
        "".join(
            "\t".join(str(value) for value in row) + "\n" for row in good_vectors().tolist()
        ).encode()
    )
    (inner / "metadata.tsv").write_bytes(metadata)
    (inner / "sprite.png").write_bytes(label_img)
    (folder / "projector_config.pbtxt").write_text(
        'embeddings {\ntensor_name: "default:00000"\ntensor_path: "00000/default/tensors.tsv"\n'
        'metadata_path: "00000/default/metadata.tsv"\nsprite {\nimage_path: "00000/default/sprite.png"\n'
        "single_image_dim: 4\nsingle_image_dim: 4\n}\n}\n"
    )
    return folder


def test_an_add_embedding_folder_is_fine_except_for_its_digits(tmp_path: Path):
    folder = add_embedding(tmp_path, label_img=png(32, 32), metadata=tsv(good_rows()))
    report = check(folder)
    assert codes(report) == ["W15"]
    run = report.views[0].shown_runs[0]
    assert (run.name, run.opens_with) == (".", "default:00000")


def test_an_add_embedding_folder_with_csv_quotes_and_a_flat_sprite_is_fixed(tmp_path: Path):
    quoted = tsv(good_rows()).replace(b"Book no. 3\t", b'"Book ""no"" 3"\t')
    folder = add_embedding(tmp_path / "in", label_img=png(64, 16), metadata=quoted)
    assert codes(check(folder)) == ["E14", "W04", "W15"]
    write_fixed(folder, None, tmp_path / "out")
    assert codes(check(tmp_path / "out")) == []


def word2vec2tensor(folder: Path) -> tuple[Path, Path]:
    """`python -m gensim.scripts.word2vec2tensor -i model -o words`: one line per word, no header."""
    folder.mkdir(parents=True)
    tensors, metadata = folder / "words_tensor.tsv", folder / "words_metadata.tsv"
    tensors.write_bytes(text_vectors(good_vectors()))
    metadata.write_text("".join(f"word{row}\n" for row in range(NUM_ROWS)))
    return tensors, metadata


def test_a_word2vec2tensor_pair_is_found_by_its_names_and_has_nothing_to_color_by(tmp_path: Path):
    tensors, _ = word2vec2tensor(tmp_path / "words")
    by_folder, by_file = check(tmp_path / "words"), check(tensors)
    assert codes(by_folder) == codes(by_file) == ["W01"]
    assert by_folder.views[0].runs[0].tensors[0].metadata.num_rows == NUM_ROWS


def test_a_word2vec2tensor_pair_saved_on_windows_is_fixed(tmp_path: Path):
    tensors, metadata = word2vec2tensor(tmp_path / "words")
    metadata.write_bytes(b"word\r\n" + metadata.read_bytes().replace(b"\n", b"\r\n"))
    assert codes(check(tensors, metadata)) == ["E02", "E07", "W01"]
    result = write_fixed(tensors, metadata, tmp_path / "out")
    assert codes(check(result.path, result.metadata_path)) == ["W01"]


def test_for_vectors_with_commas_the_message_names_the_separator(tmp_path: Path):
    vectors = text_vectors(good_vectors()).replace(b"\t", b",")
    (tmp_path / "vectors.tsv").write_bytes(vectors)
    (tmp_path / "metadata.tsv").write_bytes(tsv(good_rows()))
    report = check(tmp_path / "vectors.tsv", tmp_path / "metadata.tsv")
    assert codes(report) == ["E09"]
    assert "not commas" in report.findings[0].message
    result = write_fixed(tmp_path / "vectors.tsv", tmp_path / "metadata.tsv", tmp_path / "out")
    assert codes(check(result.path, result.metadata_path)) == []
