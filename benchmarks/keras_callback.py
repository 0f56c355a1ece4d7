"""The time of ProjectorCallback: seconds of an epoch without it, and seconds that it adds.

    python benchmarks/keras_callback.py                    37,020 x 50, some 770,000 pairs
    python benchmarks/keras_callback.py --epochs 5 --json keras_callback.json

The model is the article's: the dot product of a book's and a link's vector separates true pairs
from random ones, with two random ones for each true one, Adam, batches of 3,072. The first epoch, in which
TensorFlow traces the graph, is not counted, and neither is the first write, in which it loads what
writes checkpoints. The callback runs in the same `fit`; its seconds are those inside its methods.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pandas as pd
from generated_books import generate_books

from projector_export.keras import ProjectorCallback, Rows

DIM, BATCH_SIZE, RANDOM_PER_PAIR = 50, 3_072, 2
GOAL = 2.0  # percent of an epoch


class TimedCallback(ProjectorCallback):
    """Note the seconds of each epoch, and those of them that the callback took."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Time the preparation."""
        start = time.perf_counter()
        super().on_train_begin(logs)
        self.preparing, self.writing, self.epochs = time.perf_counter() - start, [], []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the epoch's clock."""
        self.started = time.perf_counter()
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Time the write by itself."""
        ended = time.perf_counter()
        super().on_epoch_end(epoch, logs)
        self.epochs.append(ended - self.started)
        self.writing.append(time.perf_counter() - ended)


def main() -> None:
    """Measure, print both, and write JSON if a file is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--size", type=float, default=1.0, help="1 is 37,020 books")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    report = measured(arguments.size, num_epochs=arguments.epochs)
    print(
        f"{report['num_books']:,} x {DIM}, {report['num_pairs']:,} pairs, {report['machine']}\n"
        f"an epoch without the callback  {report['epoch']:.2f} s\n"
        f"the callback in it             {report['writing']:.3f} s"
        f"  = {report['percent']:.2f} % (goal: under {GOAL:g} %)\n"
        f"the callback before training   {report['preparing']:.2f} s, once\n"
        f"its first write                {report['first_write']:.2f} s, once"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


def measured(size: float, *, num_epochs: int) -> dict[str, Any]:
    """Train on generated books; give seconds, medians of all epochs but the first."""
    books = generate_books(size)
    inputs, targets = _samples(books.pairs, num_links=books.num_links)
    num_books = len(books.genres)
    table = pd.DataFrame(
        {
            "title": [f"Book {number}" for number in range(num_books)],
            "genre": [f"Genre {genre}" for genre in books.genres],
            "topic": [f"Topic {topic}" for topic in books.topics],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        callback = TimedCallback(folder, {"book": Rows(table, color_by="genre")})
        model = _model(num_books, books.num_links)
        model.fit(
            inputs,
            targets,
            batch_size=BATCH_SIZE,
            epochs=num_epochs + 1,
            verbose=0,
            callbacks=[callback],
        )
    epoch, writing = float(np.median(callback.epochs[1:])), float(np.median(callback.writing[1:]))
    return {
        "num_books": num_books,
        "num_pairs": len(books.pairs),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "epoch": epoch,
        "writing": writing,
        "percent": 100 * writing / epoch,
        "preparing": callback.preparing,
        "first_write": callback.writing[0],
    }


def _samples(pairs: np.ndarray, *, num_links: int) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(0)
    books = np.repeat(pairs[:, 0], 1 + RANDOM_PER_PAIR)
    links = rng.integers(num_links, size=len(books))
    is_true = np.arange(len(books)) % (1 + RANDOM_PER_PAIR) == 0
    links[is_true] = pairs[:, 1]
    return [books.astype(np.int32), links.astype(np.int32)], is_true.astype(np.float32)


def _model(num_books: int, num_links: int) -> keras.Model:
    inputs = [keras.Input((), dtype="int32", name=name) for name in ("book_id", "link_id")]
    book = keras.layers.Embedding(num_books, DIM, name="book")(inputs[0])
    link = keras.layers.Embedding(num_links, DIM, name="link")(inputs[1])
    score = keras.layers.Dot(axes=-1, normalize=True)([book, link])
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(score))
    model.compile("adam", "binary_crossentropy")
    return model


if __name__ == "__main__":
    main()
