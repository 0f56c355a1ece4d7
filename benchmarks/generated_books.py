"""Generate any number of books from latent topics, for benchmarks and tests.

    python benchmarks/generated_books.py OUTPUT.ndjson [--size 1.0] [--seed 0]

A book has one of `num_topics` topics, a topic one of NUM_GENRES genres. Each of its links is drawn
from the links of its topic, of its genre, or from all links, by Zipf's law. Sizes and shares are set
so that the article's recipe and implicit ALS reach about the same figures as on real books. Metadata
varies like that of real books: spellings, blanks, several genres.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from generated_metadata import UniqueNames, infoboxes, kind_of
from generated_words import GENRES

from training.data.books import Book, write_books
from training.data.held_out import hold_out
from training.data.pairs import PairSet, Vocabulary

NUM_BOOKS = 37_020  # the article's set
NUM_LINKS = 60_000  # before rare ones are left out
MIN_LINK_COUNT = 4
LINKS_PER_BOOK = 34.7
NUM_GENRES = len(GENRES)
BOOKS_PER_TOPIC = 37
SHARES = (0.65, 0.2, 0.15)  # shares of a book's links: from its topic, its genre, all
ZIPF_SHIFT = 20.0  # flattens the head, so that the most frequent link is in a few percent of books
ZIPF_EXPONENT = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedBooks:
    """Pairs (P, 2) of book and link, sorted, and the latent genre and topic of each book (N,).

    `link_genres` (L,) is the genre that each link belongs to.
    """

    pairs: np.ndarray
    genres: np.ndarray
    topics: np.ndarray
    link_genres: np.ndarray
    seed: int

    @property
    def num_links(self) -> int:
        """Number of links that are frequent enough, L."""
        return len(self.link_genres)

    def pair_set(self, *, seed: int) -> PairSet:
        """Hold out one link of each book that has enough."""
        counts = np.bincount(self.pairs[:, 1], minlength=self.num_links)
        vocabulary = Vocabulary([f"link {link}" for link in range(self.num_links)], counts)
        is_held_out = hold_out(
            self.pairs,
            np.ones(len(self.pairs), np.int64),
            min_link_count=MIN_LINK_COUNT,
            links_per_book=1,
            seed=seed,
        )
        train, held_out = self.pairs[~is_held_out], self.pairs[is_held_out]
        return PairSet(len(self.genres), vocabulary, train, held_out)

    def books(self) -> list[Book]:
        """Return books with titles, infoboxes and named links."""
        random = Random(self.seed)
        genres = self.genres.tolist()
        names = UniqueNames(random)
        titles = [names.title(kind_of(genre)) for genre in genres]
        links = np.array([names.link(genre) for genre in self.link_genres.tolist()], dtype=object)
        ends = np.searchsorted(self.pairs[:, 0], np.arange(1, len(genres)))
        return [
            Book(title, {"name": title} | infobox, tuple(links[numbers]))
            for title, infobox, numbers in zip(
                titles,
                infoboxes(genres, self.topics.tolist(), random),
                np.split(self.pairs[:, 1], ends),
                strict=True,
            )
        ]


def generate_books(size: float = 1.0, *, seed: int = 0) -> GeneratedBooks:
    """Draw books; `size` 1 is the article's: 37,020 books and some 770,000 pairs."""
    random = np.random.default_rng(seed)
    num_books, num_links = round(NUM_BOOKS * size), round(NUM_LINKS * size)
    num_topics = max(NUM_GENRES, num_books // BOOKS_PER_TOPIC)
    weights = (1.0 + np.arange(num_topics)) ** -0.5  # some topics have many books, most have few
    topics = random.choice(num_topics, num_books, p=weights / weights.sum())
    lengths = random.lognormal(np.log(LINKS_PER_BOOK) - 0.32, 0.8, num_books)
    books = np.repeat(np.arange(num_books), np.maximum(2, lengths).astype(int))
    pools = _Pools(random, num_links=num_links, num_topics=num_topics)
    links = pools.draw(topics[books], random)
    pairs = np.unique(np.stack([books, links], axis=1), axis=0)
    is_kept = np.bincount(pairs[:, 1], minlength=num_links) >= MIN_LINK_COUNT
    numbers = np.cumsum(is_kept) - 1
    pairs = pairs[is_kept[pairs[:, 1]]]
    pairs[:, 1] = numbers[pairs[:, 1]]
    return GeneratedBooks(
        pairs.astype(np.int32), topics % NUM_GENRES, topics, pools.link_genres[is_kept], seed
    )


class _Pools:
    """Links sorted by topic, so that those of a topic or a genre are contiguous."""

    def __init__(self, random: np.random.Generator, *, num_links: int, num_topics: int) -> None:
        self._num_topics = num_topics
        # Topic t belongs to genre t % NUM_GENRES: sorting by (genre, topic) makes both contiguous.
        by_genre = np.lexsort((np.arange(num_topics), np.arange(num_topics) % NUM_GENRES))
        self._place = np.argsort(by_genre)
        home = np.sort(random.integers(num_topics, size=num_links))
        self.link_genres = by_genre[home] % NUM_GENRES
        popularity = (1.0 + ZIPF_SHIFT + random.permutation(num_links)) ** -ZIPF_EXPONENT
        self._total = np.concatenate([[0.0], np.cumsum(popularity)])
        self._starts = np.searchsorted(home, np.arange(num_topics + 1))

    def draw(self, topics: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draw a link for each of `topics` (P,): from the topic, its genre, or all."""
        place = self._place[topics]
        genre = topics % NUM_GENRES
        sizes = np.bincount(np.arange(self._num_topics) % NUM_GENRES, minlength=NUM_GENRES)
        first = np.cumsum(sizes) - sizes
        level = random.choice(3, size=len(topics), p=SHARES)
        low = np.select([level == 0, level == 1], [place, first[genre]], 0)
        high = np.select(
            [level == 0, level == 1], [place + 1, (first + sizes)[genre]], self._num_topics
        )
        low, high = self._total[self._starts[low]], self._total[self._starts[high]]
        drawn = np.searchsorted(
            self._total, low + random.random(len(topics)) * (high - low), "right"
        )
        return np.minimum(drawn - 1, len(self._total) - 2)


def main() -> None:
    """Write the books file."""
    parser = argparse.ArgumentParser(description="Write generated books, 37,020 by default.")
    parser.add_argument("output", type=Path, metavar="OUTPUT.ndjson")
    parser.add_argument("--size", type=float, default=1.0, help="1 is the article's size")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    books = generate_books(arguments.size, seed=arguments.seed).books()
    with arguments.output.open("w", encoding="utf-8") as file:
        write_books(books, file)
    print(f"{len(books):,} books in {arguments.output}")


if __name__ == "__main__":
    main()
