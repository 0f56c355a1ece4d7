"""A run appears completely or not at all, and records its provenance."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.helpers.planted_books import GENRES, planted_books
from tests.helpers.running import PROJECT, exit_code, run_planted
from training.config.loading import load_config
from training.data.books import write_books


def test_a_run_contains_what_the_docs_say(planted_run) -> None:
    names = {path.name for path in planted_run.iterdir()}
    assert names >= {"config.yaml", "metrics.json", "vectors.npz", "checkpoints", "train"}
    assert names >= {"projector", "upload"}
    assert list((planted_run / "train").glob("*tfevents*"))
    assert {path.name for path in planted_run.parent.iterdir()} == {"planted"}


def test_the_config_of_a_run_is_valid_and_has_its_provenance(planted_run) -> None:
    path = planted_run / "config.yaml"
    assert load_config(path).run == "planted"
    provenance = yaml.safe_load(path.read_text())["provenance"]
    books = Path(provenance["books_path"])
    assert provenance["books_sha256"] == hashlib.sha256(books.read_bytes()).hexdigest()
    assert provenance["packages"]["tensorflow"]


def test_metrics_contain_the_figures_of_the_run(planted_run) -> None:
    metrics = json.loads((planted_run / "metrics.json").read_text())
    counts = Counter(link for book in planted_books() for link in book.links)
    kept = [count for count in counts.values() if count >= 4]
    assert metrics["dataset"] == {
        "num_books": 200,
        "num_links": len(kept),
        "num_pairs": sum(kept) - 200,  # one of each book is held out
        "num_held_out_pairs": 200,
    }
    assert set(metrics["held_out"]) >= {"mrr", "hits@1", "hits@10", "hits@50"}
    learned, others = metrics["held_out"]["mrr"], ("popularity", "chance")
    popularity, chance = (metrics["held_out"][other]["mrr"] for other in others)
    assert learned > 2 * popularity > 2 * chance > 0
    purity = metrics["genre_purity@10"]
    assert purity["learned"] > 2 * purity["shuffled"]
    faithfulness = metrics["faithfulness"]
    assert faithfulness["num_rows"] == 200
    assert faithfulness["maps"].keys() == {"pca"}
    assert faithfulness["maps"]["pca"]["trustworthiness"] > 0.6
    assert faithfulness["silhouette"]["vectors"].keys() <= set(GENRES)


def test_purity_is_null_with_fewer_than_two_genres(tmp_path, capsys) -> None:
    books = [replace(book, infobox={"genre": "Basque"}) for book in planted_books()]
    with (tmp_path / "books.ndjson").open("w", encoding="utf-8") as file:
        write_books(books, file)
    config = tmp_path / "config.yaml"
    config.write_text(f"run: dull\nlogdir: {tmp_path}\ntraining: {{epochs: 1}}\n")
    assert exit_code(["train", str(config), f"--set=dataset.books={tmp_path}/books.ndjson"]) == 0
    assert "genre purity@10 can't be computed" in capsys.readouterr().err
    metrics = json.loads((tmp_path / "dull" / "metrics.json").read_text())
    assert metrics["genre_purity@10"] == {"learned": None, "shuffled": None}


def test_a_wrong_tour_is_refused_before_the_training(tmp_path, capsys) -> None:
    config = tmp_path / "config.yaml"
    tour = "export: {tour: [{title: One}, {title: Two, select: War and Piece}]}\n"
    config.write_text(f"run: toured\nlogdir: {tmp_path}/logs\n{tour}")
    assert exit_code(["run", str(config)]) == 2
    error = capsys.readouterr().err
    assert "export.tour.1.select: there is no row labeled 'War and Piece' in books" in error
    assert "did you mean 'War and Peace'" in error
    assert "train " not in error
    assert not (tmp_path / "logs" / "toured").exists()


def test_an_existing_run_is_not_overwritten(planted_run, capsys) -> None:
    config = planted_run.parent.parent / "config.yaml"
    before = (planted_run / "metrics.json").read_bytes()
    assert exit_code(["run", str(config), "--set=run=planted"]) == 2
    assert "already exists" in capsys.readouterr().err
    assert (planted_run / "metrics.json").read_bytes() == before


def test_a_loss_that_is_not_finite_stops_the_run_and_leaves_nothing(tmp_path, capsys) -> None:
    run_planted(tmp_path, "fine", "training.epochs=1", command="train")
    # Scores are cosines, so they stay finite at any rate; a logit that overflows float32 does not.
    settings = ["run=wild", "model.objective=classification", "training.learning_rate=1e38"]
    arguments = [f"--set={setting}" for setting in settings]
    config = str(tmp_path / "config.yaml")
    assert exit_code(["run", config, "-q", *arguments]) == 1
    message, tip = capsys.readouterr().err.splitlines()
    assert "after epoch 1 at learning rate 1e+38" in message
    assert tip == "tip: try --set training.learning_rate=1e+37"
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["fine"]


@pytest.mark.slow
def test_a_killed_run_is_resumed_and_gives_the_same_result(tmp_path) -> None:
    run_planted(tmp_path, "first", "training.epochs=1", command="train")
    settings = ["--set=training.epochs=60", "--set=training.batch_size=16", "--set=run=killed"]
    arguments = ["train", str(tmp_path / "config.yaml"), *settings, "-q"]
    # The state is saved every ten seconds; here after every epoch, so that the kill finds one.
    program = (
        "import sys, training.checkpoints as checkpoints; checkpoints.SECONDS_BETWEEN = 0;"
        "from projector_export.cli.main import main; main(sys.argv[1:])"
    )
    unfinished = tmp_path / "logs" / ".killed.unfinished"
    job = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=PROJECT)
    deadline = time.monotonic() + 200
    while not list(unfinished.glob("checkpoints/*.index")) and time.monotonic() < deadline:
        assert job.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    assert unfinished.exists()
    assert not (tmp_path / "logs" / "killed").exists()
    config = str(tmp_path / "config.yaml")
    assert exit_code(["train", config, *settings, "-q"]) == 2  # neither --resume nor --force
    # In processes of their own: in this one, other tests may have used TensorFlow with more threads.
    for options in ([*settings, "--resume"], ["--set=run=whole", *settings[:2]]):
        command = [sys.executable, "-m", "projector_export", "train", config, *options, "-q"]
        subprocess.run(command, check=True, cwd=PROJECT)
    ours, theirs = (tmp_path / "logs" / run / "vectors.npz" for run in ("killed", "whole"))
    assert ours.read_bytes() == theirs.read_bytes()


def test_a_run_is_exported_again_with_other_options_that_its_config_records(tmp_path) -> None:
    run_planted(tmp_path, "again", "training.epochs=2", command="train")
    run_path = tmp_path / "logs" / "again"
    trained = yaml.safe_load((run_path / "config.yaml").read_text())
    assert not (run_path / "projector").exists()
    changes = ["--set=export.color_by=num_links", "--set=export.max_colors=12"]
    changes += ["--set=export.tables=[books]", "--set=export.sprites=initials"]
    assert exit_code(["export", str(run_path), *changes]) == 0
    assert not (run_path / "projector/links.metadata.tsv").exists()
    assert (run_path / "projector/books.sprite.png").is_file()
    exported = yaml.safe_load((run_path / "config.yaml").read_text())
    assert exported["export"] == trained["export"] | {
        "color_by": "num_links",
        "max_colors": 12,
        "sprites": "initials",
        "tables": ["books"],
    }
    for section in trained.keys() - {"export"}:
        assert exported[section] == trained[section]


def test_an_export_cannot_change_training_keys_in_the_config(tmp_path, capsys) -> None:
    run_planted(tmp_path, "fixed", "training.epochs=1", command="train")
    run_path = tmp_path / "logs" / "fixed"
    before = (run_path / "config.yaml").read_bytes()
    assert exit_code(["export", str(run_path), "--set", "training.epochs=9"]) == 2
    message, tip = capsys.readouterr().err.splitlines()
    assert message == (
        f"error: {run_path} was trained with training.epochs 1; "
        "an export can change only export.*, dataset.genres and dataset.genres_from_neighbors"
    )
    assert tip.endswith("--set run=NAME --set training.epochs=9")
    assert (run_path / "config.yaml").read_bytes() == before
    assert not (run_path / "projector").exists()


def test_a_run_can_be_uncolored(tmp_path) -> None:
    run_planted(tmp_path, "plain", "training.epochs=1", "export.color_by=none")
    readme = (tmp_path / "logs" / "plain" / "upload" / "README.md").read_text()
    assert "choose a column" in readme


@pytest.fixture
def unfinished(tmp_path) -> Path:
    """A run that was killed after its first epoch of three."""
    run_planted(tmp_path, "cut", "training.epochs=3", command="train")
    folder = tmp_path / "logs" / ".cut.unfinished"
    (tmp_path / "logs" / "cut").rename(folder)
    return folder


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["training.learning_rate=0.5"], "training.learning_rate 0.8, not 0.5"),
        (["training.epochs=4"], "training.epochs 3, not 4"),
        (["model.embedding_dim=9"], "model.embedding_dim 50, not 9"),
        (
            ["model.objective=classification", "training.learning_rate=0.8"],
            "model.objective softmax, not classification; training.batch_size 512, not 1024",
        ),
        (["seed=7", "dataset.min_link_count=5"], "seed 42, not 7; dataset.min_link_count 4, not 5"),
    ],
)
def test_a_run_is_not_resumed_with_another_config(unfinished, capsys, settings, message) -> None:
    before = {path: path.stat().st_mtime_ns for path in unfinished.rglob("*")}
    assert resume(unfinished, *settings) == 2
    first, tip = capsys.readouterr().err.splitlines()
    assert first == f"error: {unfinished.with_name('cut')} was started with {message}"
    assert tip.startswith("tip: continue with --resume --set ")
    assert {path: path.stat().st_mtime_ns for path in unfinished.rglob("*")} == before


def test_a_run_is_not_resumed_on_other_books(unfinished, capsys) -> None:
    with (unfinished.parents[1] / "books.ndjson").open("a") as books:
        books.write('["One more", {}, ["Link 1"], [], "", 0]\n')
    assert resume(unfinished) == 2
    assert "cut was started with other books than" in capsys.readouterr().err
    assert unfinished.exists()


def test_a_refused_resume_loses_nothing(unfinished, capsys) -> None:
    assert resume(unfinished, "dataset.books=nowhere.ndjson") == 2
    assert "nowhere.ndjson does not exist" in capsys.readouterr().err
    assert unfinished.exists()


def test_a_run_is_resumed_with_the_same_books_elsewhere_and_another_export(unfinished) -> None:
    books = unfinished.parents[1] / "books.ndjson"
    moved = books.rename(books.with_name("moved.ndjson"))
    assert resume(unfinished, f"dataset.books={moved}", "export.max_colors=20") == 0
    assert load_config(unfinished.with_name("cut") / "config.yaml").export.max_colors == 20


def resume(unfinished: Path, *settings: str) -> int:
    config = unfinished.parents[1] / "config.yaml"
    changes = [f"--set={setting}" for setting in ("run=cut", "training.epochs=3", *settings)]
    return exit_code(["train", str(config), "-q", "--resume", *changes])


def test_books_that_changed_since_training_are_not_exported(tmp_path, capsys) -> None:
    run_planted(tmp_path, "old", "training.epochs=1", command="train")
    with (tmp_path / "books.ndjson").open("a") as books:
        books.write('["One more", {}, ["Link 1"], [], "", 0]\n')
    assert exit_code(["export", str(tmp_path / "logs" / "old")]) == 2
    assert "does not exist any more or has changed" in capsys.readouterr().err
