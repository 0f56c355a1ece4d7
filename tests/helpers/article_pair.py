"""Two files like published ones: 50 numbers per book, and a table of infobox fields.

Written for the tests, with the problems of published ones: genre in hundreds of spellings and often
blank, author nearly free text, country with dozens of values, language with a bit of wikitext.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

DIM = 50
GENRES = (
    "Novel",
    "Science fiction",
    "Fantasy",
    "Mystery",
    "Historical novel",
    "Thriller",
    "Biography",
    "Horror",
    "Romance",
    "Poetry",
    "Essay",
    "Satire",
)
HEADER = "title\tgenre\tauthor\tcountry\tlanguage\n"
NUM_BLANK_PER_10 = 3


def write_article_pair(folder: Path, num_books: int = 3_000) -> tuple[Path, Path]:
    """Write vectors and metadata under meaningless names; return both paths."""
    rng = np.random.default_rng(3)
    folder.mkdir(parents=True, exist_ok=True)
    vectors, metadata = folder / "book_vecs.tsv", folder / "book_info.tsv"
    matrix = rng.normal(size=(num_books, DIM)).astype("<f4")
    np.savetxt(vectors, matrix, fmt="%.18e", delimiter="\t")
    rows = [row(number, num_books, rng) for number in range(num_books)]
    metadata.write_text(HEADER + "".join("\t".join(cells) + "\n" for cells in rows), "utf-8")
    return vectors, metadata


def row(number: int, num_books: int, rng: np.random.Generator) -> list[str]:
    """Every tenth title is quoted like by a CSV writer, and one of them contains a tab."""
    title = f'"The ""Book"" no. {number}"' if number % 10 == 9 else f"Book no. {number}"
    title = '"Book\tno. 49"' if number == 49 else title
    genre = GENRES[min(int(rng.exponential(3)), len(GENRES) - 1)]
    if number % 3 == 0:
        genre += f", as a critic of {rng.integers(num_books // 4)} has it"
    return [
        title,
        "" if number % 10 < NUM_BLANK_PER_10 else genre,
        f"Author {rng.integers(num_books // 2)}",
        f"Country {min(int(rng.exponential(9)), 300)}",
        "[[File:Flag" if number == 77 else "",
    ]
