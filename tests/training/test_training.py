"""Training finds the planted neighbors, with the same result every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.neighbors import find_neighbors
from tests.helpers.planted_books import title_of, twin
from tests.helpers.running import run_planted
from training.run_folder import Vectors


def share_of_twins_first(run_path: Path) -> float:
    vectors = Vectors.load(run_path)
    titles = list(vectors.book_titles)
    found = [
        find_neighbors(vectors.books, titles, row, k=1)[0].label == twin(title)
        for row, title in enumerate(titles)
    ]
    return float(np.mean(found))


def test_nearly_every_planted_twin_is_the_nearest_neighbor(planted_run) -> None:
    # By chance one in 199 would.
    assert share_of_twins_first(planted_run) > 0.95


@pytest.mark.parametrize("objective", ["regression", "classification"])
def test_the_article_s_objectives_find_planted_twins_too(tmp_path, objective) -> None:
    settings = [
        f"model.objective={objective}",
        "training.epochs=60",
        "training.learning_rate=0.02",
        "training.batch_size=256",
    ]
    run_planted(tmp_path, "trial", *settings, command="train")
    assert share_of_twins_first(tmp_path / "logs" / "trial") > 0.9


def test_held_out_links_are_ranked_far_better_than_by_chance(planted_run) -> None:
    metrics = json.loads((planted_run / "metrics.json").read_text())
    # One of some 290 unknown links: by chance, 10 of 290 = 0.03 of them are among the first ten.
    assert metrics["held_out"]["hits@10"] > 0.2


def test_the_same_seed_writes_the_same_bytes(planted_run, tmp_path) -> None:
    run_planted(tmp_path, "again", f"dataset.books={planted_run.parent.parent / 'books.ndjson'}")
    again = tmp_path / "logs" / "again"
    for part in ("projector", "upload"):
        files = written_files(planted_run / part)
        assert files
        assert files == written_files(again / part)
        for name in files:
            ours, theirs = (run / part / name for run in (planted_run, again))
            if name in {"projector_config.json", "README.md"}:  # they name the run
                assert theirs.read_text() == ours.read_text().replace("planted", "again")
            else:
                assert theirs.read_bytes() == ours.read_bytes(), name


def test_another_seed_gives_other_vectors(planted_run, tmp_path) -> None:
    books = f"dataset.books={planted_run.parent.parent / 'books.ndjson'}"
    run_planted(tmp_path, "other", books, "seed=7", "training.epochs=2", command="train")
    other = Vectors.load(tmp_path / "logs" / "other")
    assert not np.allclose(other.books, Vectors.load(planted_run).books)


def written_files(folder: Path) -> list[str]:
    names = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if "tfevents" not in name)


def test_titles_are_saved_with_their_vectors(planted_run) -> None:
    vectors = Vectors.load(planted_run)
    assert list(vectors.book_titles) == [title_of(number) for number in range(200)]
    assert vectors.books.shape == (200, 50)
    assert vectors.links.shape == (len(vectors.link_titles), 50)
    assert np.allclose(np.linalg.norm(vectors.books, axis=1), 1, atol=1e-6)
