"""Dates in files of text are dates, as in files that have a type for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import projector_export as px
from projector_export.prepare.table import prepare

NUM_ROWS = 60
DAYS = pd.date_range("1990-01-15", periods=NUM_ROWS, freq="30D")
TABLE = pd.DataFrame(
    {
        "word": [f"w{row}" for row in range(NUM_ROWS)],
        "seen": [*DAYS[:-1], pd.NaT],
        "at": DAYS + pd.Timedelta(hours=13, minutes=5),
        "zoned": (DAYS + pd.Timedelta(hours=13)).tz_localize("Europe/Berlin"),
        "spelled": DAYS.strftime("%d/%m/%y"),
    }
)


def write_json_lines(path: Path) -> None:
    rows = TABLE.assign(**{name: TABLE[name].astype(str) for name in ("seen", "at", "zoned")})
    rows["seen"] = [None if text == "NaT" else text for text in rows["seen"]]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows.to_dict("records")))


WRITERS = {
    "words.csv": lambda path: TABLE.to_csv(path, index=False),
    "words.tsv": lambda path: TABLE.to_csv(path, index=False, sep="\t"),
    "words.jsonl": write_json_lines,
    "words.parquet": TABLE.to_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_dates_in_a_file_become_what_real_dates_become(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    vectors = np.random.default_rng(0).normal(size=(NUM_ROWS, 3))
    read = px.read_metadata(tmp_path / name)
    shown = prepare(px.Embedding("words", vectors, read, "seen"))
    expected = prepare(px.Embedding("words", vectors, TABLE, "seen"))
    assert shown.color_by == expected.color_by == "seen_year"
    pd.testing.assert_frame_equal(shown.metadata, expected.metadata)
    first = shown.metadata.set_index("word").loc["w0"]
    assert (first["seen"], first["at"]) == ("1990-01-15", "1990-01-15T13:05:00")
    assert first["zoned"] == "1990-01-15T12:00:00Z"
    assert first["seen_year"] == round(1990 + 14 / 365, 6)
    assert first["spelled"] == "15/01/90"
