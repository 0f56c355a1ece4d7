"""Every file format ends as points, labels and colors in TensorBoard."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import projector_export as px
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page
from tests.helpers.vector_files import (
    DIM,
    HAS_METADATA,
    IDS,
    NUM_ROWS,
    TABLE,
    WORDS,
    WRITERS,
    chroma,
    qdrant,
)

# Files of these have labels of their own; the others get TABLE as a second file.
LABELED = [title for title in WRITERS if title.startswith(("word2vec", "GloVe", "TSV", "FAISS"))]
WORD_JOINER = "\u2060"  # keeps labels of digits from being read as numbers
ARRAYS = {"Qdrant": "words"}
ALL = {**WRITERS, "Qdrant": qdrant, "Chroma": chroma}
WITH_TABLE = [title for title in WRITERS if title not in {*HAS_METADATA, *LABELED}]


def run_name(title: str) -> str:
    return f"{list(ALL).index(title):02d}"


def export_all(folder: Path, logdir: Path) -> None:
    TABLE.to_csv(folder / "words.csv", index=False)
    for title, write in ALL.items():
        (folder / run_name(title)).mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the tools warn of is not this program's
            path = write(folder / run_name(title))
        metadata = folder / "words.csv" if title in WITH_TABLE else None
        embedding = px.read_embedding(path, metadata, array=ARRAYS.get(title))
        px.export(embedding, folder=logdir / run_name(title), layouts=())


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory) -> Iterator[object]:
    """TensorBoard with a run for each format."""
    logdir = tmp_path_factory.mktemp("logdir")
    export_all(tmp_path_factory.mktemp("files"), logdir)
    with tensorboard(logdir) as address, new_page(chromium) as page:
        page.goto(address + PROJECTOR_PAGE)
        viewer.wait_until_loaded(page)
        yield page


@pytest.mark.parametrize("title", ALL)
def test_points_labels_and_colors_are_those_of_the_file(page, title: str) -> None:
    viewer.choose_run(page, f"{run_name(title)}/projector")
    assert viewer.dimensions(page) == [NUM_ROWS, DIM]
    labels = set(viewer.column(page, viewer.evaluate(page, "q.dataPanel.selectedLabelOption")))
    if title in LABELED:
        labels = {label.removesuffix(WORD_JOINER) for label in labels}
        assert labels in (set(WORDS), set(map(str, IDS)), set(map(str, range(NUM_ROWS))))
    else:
        assert labels == set(WORDS)
        assert viewer.color_counts(page, "topic") == dict(Counter(TABLE["topic"]))
    assert page.problems == []
