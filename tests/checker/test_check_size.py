"""For large files a check takes little more memory than the vectors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PROGRAM = """
import json, sys, time
from pathlib import Path
from projector_export.checker.check import check
start = time.process_time()
report = check(*map(Path, sys.argv[1:]))
tensor = report.views[0].runs[0].tensors[0]
# Not getrusage: Linux includes the memory of the parent when it started this process.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) / 1024
rows = [tensor.num_rows, tensor.metadata.num_rows if tensor.metadata else None]
print(json.dumps([time.process_time() - start, peak, *rows]))
"""
NUM_ROWS = 1_000_000


def measured(*paths: Path) -> tuple[float, float, int, int]:
    """Return processor seconds, peak MB, number of vectors and rows of metadata."""
    words = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    output = subprocess.run(words, capture_output=True, text=True, check=True)
    return tuple(json.loads(output.stdout))


def write_metadata(path: Path, num_rows: int) -> Path:
    with path.open("w") as file:
        file.write("title\tauthor\tgenre\tyear\n")
        for row in range(num_rows):
            file.write(
                f"The book no. {row} of Brontë\tAuthor {row % 199_999}\tgenre {row % 9}\t{row % 300}\n"
            )
    return path


def write_vectors(path: Path, num_rows: int) -> Path:
    with path.open("w") as file:
        for row in range(num_rows):
            file.write(f"{row + 0.5}\t{row % 7919 + 0.25}\t{-row % 104_729}\n")
    return path


def test_a_million_rows_take_a_fixed_amount_of_memory(tmp_path: Path):
    vectors = write_vectors(tmp_path / "vectors.tsv", NUM_ROWS)
    half_vectors = write_vectors(tmp_path / "half.tsv", NUM_ROWS // 2)
    metadata = write_metadata(tmp_path / "metadata.tsv", NUM_ROWS)
    half_metadata = write_metadata(tmp_path / "half_metadata.tsv", NUM_ROWS // 2)
    seconds, peak, *rows = measured(vectors, metadata)
    _, half_peak, *_ = measured(half_vectors, half_metadata)
    assert rows == [NUM_ROWS, NUM_ROWS]
    # Twelve bytes per vector, eight per row to find repeated labels and vectors, and their sorting.
    assert peak - half_peak < 60
    assert peak < 300
    print(f"{NUM_ROWS:,} rows: {seconds:.1f} s of processor time, {peak:.0f} MB")  # noqa: T201
