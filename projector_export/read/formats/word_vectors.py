"""Vectors of words, one per line: word2vec as text and binary, GloVe, fastText's .vec.

The label is the word. GloVe has no first line of counts; fastText and word2vec have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.read.formats.base import FileFormat, Source
from projector_export.read.formats.text import are_numbers, is_text, parse_numbers

NUM_SAMPLE_LINES = 20
MIN_DIM = 3  # with fewer numbers, lines of words could be titles such as "Apollo 11"
MAX_WORD_BYTES = 4096
_COUNTS = re.compile(rb"(\d{1,12}) (\d{1,6})\s*\n")
FLOAT_BYTES = 4


def _is_binary(_path: Path, head: bytes) -> bool:
    return _COUNTS.match(head) is not None and not _is_utf8(head)


def _is_word2vec_text(_path: Path, head: bytes) -> bool:
    counts = _COUNTS.match(head)
    return counts is not None and _has_words_and_numbers(head[counts.end() :], int(counts[2]))


def _is_glove(path: Path, head: bytes) -> bool:
    if path.suffix in {".tsv", ".csv"}:  # whose labels may end in numbers; delimited.py reads both
        return False
    rows = _sample_rows(head)
    dim = min(map(len, rows), default=0) - 1
    has_words = not all(are_numbers(row[:1]) for row in rows)
    return is_text(head) and has_words and dim >= MIN_DIM and _end_in_numbers(rows, dim)


def _is_utf8(head: bytes) -> bool:
    """Whether the bytes are text; float32 hardly ever are."""
    try:
        head[:-3].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return is_text(head)


def _has_words_and_numbers(head: bytes, dim: int) -> bool:
    rows = _sample_rows(head)
    return is_text(head) and bool(rows) and _end_in_numbers(rows, dim)


def _sample_rows(head: bytes) -> list[list[str]]:
    lines = head.split(b"\n", NUM_SAMPLE_LINES + 1)
    whole = lines[:-1] if len(lines) > 1 else lines  # the last one may be cut
    rows = (line.decode("utf-8", "replace").rstrip(" \r").split(" ") for line in whole)
    return [row for row in rows if row != [""]]


def _end_in_numbers(rows: Sequence[Sequence[str]], dim: int) -> bool:
    return all(len(row) > dim and are_numbers(row[-dim:]) for row in rows)


def _read_glove(path: Path, _array: str | None) -> Source:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    # A word may contain spaces, so that its line has more parts than others.
    return _read_lines(path, dim=min(map(len, _sample_rows(head))) - 1)


def _read_word2vec_text(path: Path, _array: str | None) -> Source:
    with path.open("rb") as file:
        num_words, dim = _counts(file)
    source = _read_lines(path, dim=dim, num_skipped=1)
    if len(source.vectors) != num_words:
        raise InputError(
            f"{path}: the first line says {num_words:,} words, and there are "
            f"{len(source.vectors):,}; is the file complete?"
        )
    return source


def _read_lines(path: Path, *, dim: int, num_skipped: int = 0) -> Source:
    """Read `word number number ...`, D numbers per line; a word may contain spaces."""
    words: list[str] = []
    vectors: list[Float32Matrix] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number <= num_skipped or not line.strip():
                continue
            # Published files have a few words that are not UTF-8.
            word, *numbers = line.decode("utf-8", "replace").rstrip(" \r\n").rsplit(" ", dim)
            if len(numbers) != dim:
                raise InputError(f"{path}:{number}: expected a word and {dim} numbers")
            words.append(word)
            vectors.append(parse_numbers(path, number, numbers))
    return Source(np.stack(vectors), _labels(words))


def _read_binary(path: Path, _array: str | None) -> Source:
    """Read `word `, then D float32, for each word; some writers put a line end after each."""
    with path.open("rb") as file:
        num_words, dim = _counts(file)
        if num_words * (dim * FLOAT_BYTES + 2) > path.stat().st_size:
            raise InputError(
                f"{path} is too short for the {num_words:,} words of {dim} numbers that it begins "
                "with; expected word2vec's binary format"
            )
        words: list[str] = []
        vectors = np.empty((num_words, dim), np.float32)
        for row, (word, numbers) in enumerate(_binary_rows(path, file, num_words, dim)):
            words.append(word)
            vectors[row] = np.frombuffer(numbers, "<f4")
    return Source(vectors, _labels(words))


def _binary_rows(
    path: Path, file: BinaryIO, num_words: int, dim: int
) -> Iterator[tuple[str, bytes]]:
    for row in range(num_words):
        word = b""
        while (character := file.read(1)) not in {b" ", b""} and len(word) < MAX_WORD_BYTES:
            word += character
        numbers = file.read(dim * FLOAT_BYTES)
        if character != b" " or len(numbers) < dim * FLOAT_BYTES:
            raise InputError(f"{path} ends or is damaged at word {row + 1:,} of {num_words:,}")
        yield word.lstrip(b"\n").decode("utf-8", "replace"), numbers


def _counts(file: BinaryIO) -> tuple[int, int]:
    num_words, dim = file.readline().split()
    return int(num_words), int(dim)


def _labels(words: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"word": words})


WORD2VEC_TEXT = FileFormat(
    title="word2vec or fastText, as text",
    suffixes=(".vec", ".txt"),
    recognizes=_is_word2vec_text,
    read=_read_word2vec_text,
)
WORD2VEC_BINARY = FileFormat(
    title="word2vec, binary", suffixes=(".bin",), recognizes=_is_binary, read=_read_binary
)
GLOVE = FileFormat(title="GloVe", suffixes=(".txt",), recognizes=_is_glove, read=_read_glove)
