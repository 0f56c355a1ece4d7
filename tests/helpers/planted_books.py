"""Books generated from known vectors, so that their neighbors are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data.books import Book, write_books

NUM_TWINS = 100
NUM_TOPICS = 8
NUM_LINKS = 320
LINKS_PER_BOOK = 30
GENRES = [
    "Fantasy",
    "Science fiction",
    "Horror",
    "Poetry",
    "Drama",
    "History",
    "Philosophy",
    "Memoir",
]


def planted_books(seed: int = 5) -> list[Book]:
    """Generate 100 pairs of twins, whose links are drawn with the same vector.

    A link is more likely the nearer its vector is to that of the book; a book's genre is the topic
    nearest to its vector.
    """
    random = np.random.default_rng(seed)
    topics = _directions(random, NUM_TOPICS)
    twins = topics[np.arange(NUM_TWINS) % NUM_TOPICS] + 1.5 * _directions(random, NUM_TWINS)
    twins /= np.linalg.norm(twins, axis=1, keepdims=True)
    links = _directions(random, NUM_LINKS)
    books = []
    for number, vector in enumerate(np.repeat(twins, 2, axis=0)):
        chances = np.exp(20 * (links @ vector))
        drawn = random.choice(NUM_LINKS, LINKS_PER_BOOK, replace=False, p=chances / chances.sum())
        books.append(_book(number, topics @ vector, drawn))
    return books


def twin(title: str) -> str:
    """Return the title of the book that was drawn with the same vector."""
    number = int(title.rsplit(maxsplit=1)[-1])
    return title_of(number + 1 - 2 * (number % 2))


def title_of(number: int) -> str:
    """Return the title of a planted book."""
    return f"Bücher und 書 {number}"


def write_planted_books(path: Path) -> None:
    """Write the planted books as a books file."""
    with path.open("w", encoding="utf-8") as file:
        write_books(planted_books(), file)


def _book(number: int, nearness: np.ndarray, links: np.ndarray) -> Book:
    genre = GENRES[int(nearness.argmax())]
    infobox = {
        "genre": genre,
        "author": f"Author {number // 2}",
        "release_date": str(1900 + number % 90),
    }
    return Book(title_of(number), infobox, tuple(f"Link {link}" for link in links))


def _directions(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.normal(size=(count, 10))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
