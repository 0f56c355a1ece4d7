"""One case per rule: an export that breaks it, and one that barely follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.helpers.check_exports import (
    DIM,
    GENRES,
    NUM_ROWS,
    Export,
    bookmark,
    event_file,
    good_rows,
    good_vectors,
    png,
    text_vectors,
    tsv,
    write_checkpoint,
)

Paths = Path | tuple[Path, Path]
Build = Callable[[Path], Paths]
CASES: dict[str, tuple[Build, Build]] = {}


def case(code: str) -> Callable[[Callable[..., Paths]], None]:
    """Register a builder, which is called once to break the rule and once to follow it."""

    def register(build: Callable[..., Paths]) -> None:
        CASES[code] = (partial(build, breaks=True), partial(build, breaks=False))

    return register


def with_cells(column: str, cells: list[str]) -> list[list[str]]:
    return [[*row, cell] for row, cell in zip(good_rows(), [column, *cells], strict=True)]


def changed(row: int, cell: int, text: str) -> list[list[str]]:
    rows = good_rows()
    rows[row + 1][cell] = text
    return rows


def plain_pair(folder: Path, metadata: bytes, vectors: bytes | None = None) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vectors.tsv").write_bytes(
        text_vectors(good_vectors()) if vectors is None else vectors
    )
    (folder / "metadata.tsv").write_bytes(metadata)
    return folder / "vectors.tsv", folder / "metadata.tsv"


@case("E01")
def two_rows_are_missing(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, rows=good_rows(NUM_ROWS - 2) if breaks else good_rows()).write()


@case("E02")
def a_single_column_has_a_header(folder: Path, *, breaks: bool) -> Path:
    groups = [[GENRES[row % 3]] for row in range(NUM_ROWS)]
    return Export(folder, rows=[["genre"], *groups] if breaks else groups).write()


@case("E03")
def a_row_has_too_many_cells(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, rows=changed(5, 1, "drama\tepic" if breaks else "drama epic")).write()


@case("E04")
def a_single_line_has_no_line_feed(folder: Path, *, breaks: bool) -> tuple[Path, Path]:
    lines = tsv([[genre] for _ in range(20) for genre in GENRES])
    long_last_line = b"x" * (1_000_000 - len(lines)) + b"y"  # the last chunk contains only its end
    metadata = lines[: -len(b"epic\n")] + long_last_line + b"zzzzzzz"
    return plain_pair(folder, metadata if breaks else metadata + b"\n")


def metadata_with_a_chunk_boundary(*, in_character: bool) -> bytes:
    start = tsv(good_rows()[:31])
    filler = 1_000_000 - len(start) - (1 if in_character else 2)
    long_row = b"x" * filler + "é".encode() + b"\tdrama\n"
    return start + long_row + tsv(good_rows()[32:])


@case("E05")
def a_character_crosses_a_chunk_boundary(folder: Path, *, breaks: bool) -> Path:
    return Export(
        folder, files={"metadata.tsv": metadata_with_a_chunk_boundary(in_character=breaks)}
    ).write()


@case("E06")
def a_cell_is_latin_1(folder: Path, *, breaks: bool) -> Path:
    text = tsv(changed(3, 0, "Émile")).decode()
    return Export(
        folder, files={"metadata.tsv": text.encode("latin-1" if breaks else "utf-8")}
    ).write()


@case("E07")
def lines_end_like_on_windows(folder: Path, *, breaks: bool) -> Path:
    lines = tsv(good_rows())
    files = {"metadata.tsv": lines.replace(b"\n", b"\r\n") if breaks else lines}
    return Export(folder, viewer="web app", files=files).write()


@case("E08")
def a_vector_contains_nan(folder: Path, *, breaks: bool) -> Path:
    vectors = good_vectors().copy()
    vectors[9, 2] = np.nan if breaks else 3e38
    return Export(folder, vectors=vectors).write()


@case("E09")
def vectors_have_two_numbers(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, vectors=good_vectors(dim=2 if breaks else 3)).write()


@case("E10")
def the_metadata_is_above_the_config(folder: Path, *, breaks: bool) -> Path:
    (folder / "inner").mkdir(parents=True)
    path = folder if breaks else folder / "inner"
    (path / "elsewhere.tsv").write_bytes(tsv(good_rows()))
    name = "../elsewhere.tsv" if breaks else "elsewhere.tsv"
    return Export(folder / "inner", entry={"metadataPath": name}).write()


@case("E11")
def the_name_is_that_of_the_keras_layer(folder: Path, *, breaks: bool) -> Path:
    saved = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
    # With the right name there is nothing else in the checkpoint; with the wrong one there is.
    write_checkpoint(folder, **{saved: good_vectors()})
    entry = {
        "tensorName": "embedding" if breaks else saved,
        "tensorPath": None,
        "tensorShape": None,
    }
    return Export(folder, entry=entry).write()


@case("E12")
def keras_3_saved_no_checkpoint(folder: Path, *, breaks: bool) -> Path:
    files = {"keras_embedding.ckpt-0.weights.h5": b"\x89HDF\r\n\x1a\n"}
    entry = {"tensorPath": None} if breaks else {}
    return Export(folder, entry=entry, files=files).write()


@case("E13")
def the_numbers_are_float64(folder: Path, *, breaks: bool) -> Path:
    raw = good_vectors().astype("<f8" if breaks else "<f4").tobytes()
    return Export(folder, files={"books.bytes": b"\x80" + raw[1:]}).write()


@case("E14")
def the_sprite_is_not_a_square_grid(folder: Path, *, breaks: bool) -> Path:
    size = (16, 8) if breaks else (8, 8)
    sprite = {"imagePath": "sprite.png", "singleImageDim": [1, 1]}
    return Export(folder, entry={"sprite": sprite}, files={"sprite.png": png(*size)}).write()


def with_bookmark(folder: Path, state: dict[str, object]) -> Path:
    files = {"bookmarks.json": json.dumps([state]).encode()}
    return Export(folder, entry={"bookmarksPath": "bookmarks.json"}, files=files).write()


@case("E15")
def a_bookmark_lacks_its_t_sne_iteration(folder: Path, *, breaks: bool) -> Path:
    return with_bookmark(folder, bookmark(tSNEIteration=None if breaks else 0))


@case("E16")
def a_sequence_goes_in_a_circle(folder: Path, *, breaks: bool) -> Path:
    following = [str(row + 1) for row in range(NUM_ROWS - 1)] + ["0" if breaks else ""]
    return Export(folder, rows=with_cells("__seq_next__", following)).write()


@case("E17")
def the_config_does_not_parse(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, more="embeddings {\n" if breaks else "").write()


@case("E18")
def a_run_has_no_event_file(folder: Path, *, breaks: bool) -> Path:
    files = {} if breaks else {"events.out.tfevents.1.here": event_file()}
    Export(folder / "logdir" / "books", files=files).write()
    return folder / "logdir"


@case("E19")
def raw_float32_begins_as_text(folder: Path, *, breaks: bool) -> Path:
    first = b"wor\n" if breaks else b"\x80or\n"
    return Export(folder, files={"books.bytes": first + good_vectors().tobytes()[4:]}).write()


@case("E20")
def the_json_config_gives_no_shape(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, viewer="web app", entry={"tensorShape": None} if breaks else {}).write()


@case("E21")
def a_colored_number_is_spelled_1_0(folder: Path, *, breaks: bool) -> Path:
    spelling = ["1.0", "2.5"] if breaks else ["1", "2.5"]
    return Export(
        folder, rows=with_cells("stars", [spelling[row % 2] for row in range(NUM_ROWS)])
    ).write()


@case("E22")
def the_vectors_are_at_an_address(folder: Path, *, breaks: bool) -> Path:
    name = "elsewhere.bytes" if breaks else "books.bytes"
    entry = {"tensorPath": f"https://example.org/{name}"}
    return Export(folder, viewer="web app", entry=entry).write()


@case("W01")
def no_column_has_few_values(folder: Path, *, breaks: bool) -> Path:
    values = [f"keyword {row if breaks else row % 4}" for row in range(NUM_ROWS)]
    rows = [[row[0], value] for row, value in zip(good_rows(), ["keyword", *values], strict=True)]
    return Export(folder, rows=rows).write()


@case("W02")
def every_genre_is_the_same(folder: Path, *, breaks: bool) -> Path:
    rows = [["title", "genre"], *([row[0], "drama"] for row in good_rows()[1:])]
    rows[1][1] = "drama" if breaks else "epic"
    return Export(folder, rows=rows).write()


@case("W03")
def there_are_eleven_genres(folder: Path, *, breaks: bool) -> Path:
    num_values = 11 if breaks else 10
    return Export(
        folder, rows=with_cells("place", [f"town {row % num_values}" for row in range(NUM_ROWS)])
    ).write()


@case("W04")
def a_csv_writer_quoted_a_cell(folder: Path, *, breaks: bool) -> Path:
    return Export(
        folder, rows=changed(5, 0, '"The ""Book"""' if breaks else '"One" or "Two"')
    ).write()


@case("W05")
def a_title_keeps_an_entity(folder: Path, *, breaks: bool) -> Path:
    return Export(
        folder, rows=changed(5, 0, "War &amp; Peace" if breaks else "War & Peace; a < b")
    ).write()


@case("W06")
def a_title_is_007(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, rows=changed(5, 0, "007" if breaks else "1984")).write()


@case("W07")
def a_genre_is_constructor(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, rows=changed(5, 1, "constructor" if breaks else "Constructor")).write()


@case("W08")
def two_columns_have_the_same_name(folder: Path, *, breaks: bool) -> Path:
    places = [f"town {row % 3}" for row in range(NUM_ROWS)]
    return Export(folder, rows=with_cells("genre" if breaks else "Genre", places)).write()


@case("W09")
def two_books_have_the_same_title(folder: Path, *, breaks: bool) -> Path:
    return Export(
        folder, rows=changed(5, 0, "Book no. 4" if breaks else "Book no. 4 (1900)")
    ).write()


@case("W10")
def a_genre_is_blank(folder: Path, *, breaks: bool) -> Path:
    return Export(folder, rows=changed(5, 1, "" if breaks else "Unknown")).write()


@case("W11")
def the_genre_comes_before_the_title(folder: Path, *, breaks: bool) -> Path:
    rows = good_rows()
    return Export(folder, rows=[row[::-1] for row in rows] if breaks else rows).write()


@case("W12")
def there_are_more_points_than_umap_takes(folder: Path, *, breaks: bool) -> Path:
    num_rows = 5_001 if breaks else 5_000
    return Export(folder, vectors=good_vectors(num_rows), rows=good_rows(num_rows)).write()


@case("W13")
def vectors_of_50_numbers_are_off_center(folder: Path, *, breaks: bool) -> Path:
    # Along the diagonal their cosines are nearly equal, until the mean is subtracted.
    vectors = (
        good_vectors(dim=50 if breaks else 49) + np.linspace(0, 9, NUM_ROWS, dtype="<f4")[:, None]
    )
    raw = b"\x80" + vectors.astype("<f4").tobytes()[1:]
    return Export(folder, vectors=vectors, files={"books.bytes": raw}).write()


@case("W14")
def the_optimizer_is_in_the_checkpoint(folder: Path, *, breaks: bool) -> Path:
    others = (
        {"optimizer/_variables/2": good_vectors(9)}
        if breaks
        else {"optimizer/_variables/2": np.float32(3)}
    )
    write_checkpoint(folder, books=good_vectors(), **others)
    return Export(folder, entry={"tensorPath": None}).write()


@case("W15")
def numbers_have_ten_digits(folder: Path, *, breaks: bool) -> tuple[Path, Path]:
    digits = 10 if breaks else 9
    lines = [
        "\t".join(f"{1 / (row + cell + 3):.{digits}g}" for cell in range(DIM))
        for row in range(NUM_ROWS)
    ]
    return plain_pair(folder, tsv(good_rows()), ("\n".join(lines) + "\n").encode())


@case("W16")
def the_metadata_is_not_https(folder: Path, *, breaks: bool) -> Path:
    address = f"{'http' if breaks else 'https'}://example.org/metadata.tsv"
    return Export(folder, viewer="web app", entry={"metadataPath": address}).write()


@case("W17")
def a_vector_is_all_zero(folder: Path, *, breaks: bool) -> Path:
    vectors = good_vectors().copy()
    vectors[9] = 0 if breaks else [0, 0, 0, 1e-30]
    return Export(folder, vectors=vectors).write()


@case("W18")
def the_name_contains_an_ampersand(folder: Path, *, breaks: bool) -> Path:
    return Export(
        folder, entry={"tensorName": "books & links" if breaks else "books and links"}
    ).write()


@case("W20")
def the_genre_has_too_many_values(folder: Path, *, breaks: bool) -> Path:
    # 140 of 200 rows have one of four genres; the others have unique ones.
    genres = [f"genre {row % 4 if row < 140 else row}" for row in range(200)]
    rows = good_rows(200)
    rows = [[row[0], genre, row[1]] for row, genre in zip(rows, ["genre", *genres], strict=True)]
    twin = ["genre_top_10", *(genre if row < 140 else "Other" for row, genre in enumerate(genres))]
    rows[0][2] = "shelf"
    if not breaks:
        rows = [[*row, cell] for row, cell in zip(rows, twin, strict=True)]
    return Export(folder, vectors=good_vectors(200), rows=rows).write()


@case("W19")
def a_bookmark_is_in_the_t_sne_slot(folder: Path, *, breaks: bool) -> Path:
    return with_bookmark(folder, bookmark(slot="tsne" if breaks else "umap"))
