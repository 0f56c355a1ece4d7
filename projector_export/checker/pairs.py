"""Which files are vectors, which are metadata, and which form a pair, judged by their content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Literal

from projector_export.checker.model.endless_lines import MAX_LINE_CHUNKS
from projector_export.checker.model.javascript import WHITESPACE
from projector_export.checker.model.text_or_bytes import is_raw, is_row
from projector_export.errors import InputError
from projector_export.files import is_file_inside
from projector_export.viewer_facts import CHUNK_BYTES

# File names of pairs: those of this project, of gensim, and common ones.
PAIR_ENDINGS = (
    ("vectors.tsv", "metadata.tsv"),
    ("tensors.tsv", "metadata.tsv"),
    ("tensor.tsv", "metadata.tsv"),
    ("vecs.tsv", "meta.tsv"),
    ("embeddings.tsv", "metadata.tsv"),
    ("embedding.tsv", "metadata.tsv"),
)
TEXT_SUFFIXES = frozenset({".tsv", ".txt", ".csv", ".tab", ".vec"})
NUM_JUDGED_LINES = 200
NUM_HEAD_BYTES = 1_000_000
MAX_JUDGED_FILES = 1_000
# Below a header of words, fewer numbers than this are columns such as year and rating.
MIN_DIM_UNDER_HEADER = 10
Kind = Literal["vectors", "metadata", "empty"]
_SEPARATORS = re.compile(r"[\t,; ]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files to load manually.

    Attributes:
        vectors: the vectors; None if there is only metadata.
        metadata: their metadata; None if there are only vectors.
        assumed: why these files were chosen, in a sentence; "" if their names say it.
    """

    vectors: Path | None
    metadata: Path | None
    assumed: str = ""


def kind_of(path: Path) -> Kind:
    """Distinguish vectors, which are numbers, each row possibly after a word, from metadata."""
    if is_raw(path):
        return "vectors"
    lines = _first_lines(path)
    if not lines:
        return "empty"
    rows = [_SEPARATORS.split(line.strip()) for line in lines]
    body = rows[1:] or rows
    if all(len(row) > 1 and is_row("\t".join(row)) for row in body):
        return "vectors"
    if not all(len(row) > 2 and is_row("\t".join(row[1:])) for row in body):
        return "metadata"
    has_header = not any(map(_is_number, rows[0]))
    return "metadata" if has_header and len(body[0]) <= MIN_DIM_UNDER_HEADER else "vectors"


def _is_number(cell: str) -> bool:
    return bool(cell) and is_row(cell)


def _first_lines(path: Path) -> list[str]:
    """Return up to 200 lines that are not blank; a truncated last one does not count."""
    with path.open("rb") as file:
        raw = file.read(NUM_HEAD_BYTES)
    lines = raw.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    if len(raw) == NUM_HEAD_BYTES and len(lines) > 1:
        lines.pop()
    return list(islice((line for line in lines if line.strip(WHITESPACE)), NUM_JUDGED_LINES))


def metadata_beside(vectors_path: Path) -> Path | None:
    """Find the metadata of vectors by name; None if the name is not one of a pair."""
    for vectors_ending, metadata_ending in PAIR_ENDINGS:
        if (stem := _stem(vectors_path, vectors_ending)) is not None:
            beside = vectors_path.with_name(stem + metadata_ending)
            if is_file_inside(beside, vectors_path.parent):
                return beside
    return None


def _stem(path: Path, ending: str) -> str | None:
    stem = path.name.removesuffix(ending)
    return None if stem == path.name or (stem and stem[-1] not in "._-") else stem


def named_pairs(files: Iterable[Path]) -> list[Pair]:
    """List the pairs with known names."""
    return [Pair(path, beside) for path in files if (beside := metadata_beside(path))]


def pairs_in(files: Sequence[Path]) -> list[Pair]:
    """List the pairs of a folder without a config, judged by their content.

    Args:
        files: the files of the folder, in order.

    Raises:
        InputError: there are too many.
    """
    text = [path for path in files if path.suffix in TEXT_SUFFIXES]
    if len(text) > MAX_JUDGED_FILES:
        raise InputError(
            f"{text[0].parent} has {len(text):,} text files and no config; expected at most "
            f"{MAX_JUDGED_FILES:,}, to find out which belong together",
            tip="name the vectors and their metadata",
        )
    pairs = named_pairs(path for path in text if kind_of(path) != "metadata")
    # A table of numbers that is metadata by its name is not also vectors.
    named = {path for pair in pairs for path in (pair.vectors, pair.metadata)}
    kinds = {path: kind_of(path) for path in text if path not in named}
    vectors = [path for path, kind in kinds.items() if kind == "vectors"]
    others = {path: num_lines(path) for path, kind in kinds.items() if kind == "metadata"}
    for path in vectors:
        pairs.append(_paired(path, others, is_only=len(vectors) == 1))
        others = {other: num for other, num in others.items() if other != pairs[-1].metadata}
    return pairs


def pair_of(path: Path) -> Pair:
    """Find what belongs to one file, which may be vectors or metadata."""
    if kind_of(path) != "metadata":
        beside = metadata_beside(path)
        return Pair(path, beside) if beside else _paired(path, _tables_beside(path), is_only=False)
    for pair in pairs_in(sorted([path, *_neighbors(path)])):
        if pair.metadata == path:
            return pair
    return Pair(None, path, f"{path.name} was read as metadata: it contains words, not vectors")


def _neighbors(path: Path) -> list[Path]:
    """List the text files next to one; none if they are too many to be judged."""
    found = (other for other in path.parent.iterdir() if other.suffix in TEXT_SUFFIXES)
    files = sorted(other for other in found if other != path and is_file_inside(other, path.parent))
    return files if len(files) < MAX_JUDGED_FILES else []


def _tables_beside(path: Path) -> dict[Path, int]:
    """Map the metadata next to a file to its number of lines."""
    return {other: num_lines(other) for other in _neighbors(path) if kind_of(other) == "metadata"}


def _paired(vectors: Path, candidates: Mapping[Path, int], *, is_only: bool) -> Pair:
    """Choose the metadata of `vectors` by its number of lines, or the only candidate."""
    num_rows = num_lines(vectors)
    fitting = [path for path, num in candidates.items() if num - num_rows in (0, 1)]
    if fitting:
        # If several have as many rows, choose the one with the most similar name.
        chosen = max(fitting, key=lambda path: _likeness(path.name, vectors.name))
        return Pair(vectors, chosen, _assumed(vectors, chosen, f"{num_rows:,} rows each"))
    if is_only and len(candidates) == 1:
        only = next(iter(candidates))
        return Pair(vectors, only, _assumed(vectors, only, "there are no other files"))
    return Pair(vectors, None, f"{vectors.name} was read as vectors; no metadata fits")


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _assumed(vectors: Path, metadata: Path, why: str) -> str:
    return f"{vectors.name} was read as vectors and {metadata.name} as their metadata: {why}"


def num_lines(path: Path) -> int:
    """Count the lines of a file that are not blank, up to one that is endless."""
    num_full, num_chunks, has_text = 0, 0, False  # the last two of the line that goes on
    with path.open("rb") as file:
        while (raw := file.read(CHUNK_BYTES)) and num_chunks < MAX_LINE_CHUNKS:
            first, *others = raw.split(b"\n")
            has_text |= bool(first.strip())
            num_chunks += 1
            if others:
                num_full += has_text + sum(bool(line.strip()) for line in others[:-1])
                num_chunks, has_text = 0, bool(others[-1].strip())
    return num_full + has_text
