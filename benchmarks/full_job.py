"""The program's default job on generated books: stages, memory, counts, and the quality of its maps.

    python benchmarks/full_job.py                       37,020 books, the article's size
    python benchmarks/full_job.py --size 0.1 --json full_job.json

It runs `projector-export run configs/wikipedia.yaml` in a separate process, in a temporary logdir.
Seconds of the stages are from `metrics.json`; the total also includes the start of Python.
Peak memory is the largest sum over all processes of the job, sampled every 0.2 s from /proc: of the
proportional set size (PSS), which counts a page that several processes share only once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generated_books import generate_books

from training.data.books import write_books

PROJECT = Path(__file__).parents[1]
CONFIG = PROJECT / "configs" / "wikipedia.yaml"
PROGRAM = (sys.executable, "-m", "projector_export")
STAGES = ("load", "train", "evaluate", "export", "check", "report")
SECONDS_BETWEEN_SAMPLES = 0.2


@dataclass(frozen=True, slots=True)
class FullJob:
    """A finished job.

    Attributes:
        run_path: the run's folder; it does not exist if the job failed.
        exit_code: of the program; 0 if everything is fine.
        output: what the program wrote to stderr.
        seconds: wall time of the process.
        peak_bytes: the most memory that the process and its children used together.
    """

    run_path: Path
    exit_code: int
    output: str
    seconds: float
    peak_bytes: int

    def metrics(self) -> dict[str, Any]:
        """Read what the run has measured about itself."""
        metrics: dict[str, Any] = json.loads((self.run_path / "metrics.json").read_text("utf-8"))
        return metrics


def main() -> None:
    """Print Markdown tables, and write JSON if a file is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--size", type=float, default=1.0, help="1 is the article's size")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = run_full_job(Path(folder), size=arguments.size)
        if job.exit_code:
            raise SystemExit(f"the job failed with exit code {job.exit_code}:\n{job.output}")
        report = measure(job)
    print(markdown(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


def run_full_job(folder: Path, *, size: float = 1.0) -> FullJob:
    """Write generated books to `folder` and run the default job on them there."""
    books_path = folder / "books.ndjson"
    with books_path.open("w", encoding="utf-8") as file:
        write_books(generate_books(size).books(), file)
    settings = [f"--set=dataset.books={books_path}", f"--set=logdir={folder}", "--set=run=full"]
    log_path = folder / "full_job.log"
    with log_path.open("w", encoding="utf-8") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [*PROGRAM, "run", str(CONFIG), *settings], stdout=log, stderr=log, cwd=folder
        )
        peak_bytes = _watch_memory(process)
        seconds = time.perf_counter() - start
    output = log_path.read_text("utf-8")
    return FullJob(folder / "full", process.returncode, output, seconds, peak_bytes)


def _watch_memory(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process; return the peak memory of it and its children in bytes."""
    peak_bytes = 0
    while process.poll() is None:
        peak_bytes = max(peak_bytes, sum(map(_memory_of, _process_tree(process.pid))))
        time.sleep(SECONDS_BETWEEN_SAMPLES)
    return peak_bytes


def _process_tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            after_name = path.read_text().rpartition(")")[2]
            children.setdefault(int(after_name.split()[1]), []).append(int(path.parent.name))
    tree = [root]
    for pid in tree:  # grows during the loop
        tree += children.get(pid, [])
    return tree


def _memory_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def measure(job: FullJob) -> dict[str, Any]:
    """Collect the figures of a finished job, and measure its maps."""
    metrics = job.metrics()
    return {
        "machine": f"{os.cpu_count()} cores",
        "load": [round(load, 1) for load in os.getloadavg()],
        "seconds": {**metrics["seconds"], "whole": round(job.seconds, 1)},
        "peak_megabytes": round(job.peak_bytes / 2**20),
        "sizes": metrics["dataset"],
        "held_out": metrics["held_out"],
        "genre_purity": metrics["genre_purity@10"],
        "colors": color_shares(job.run_path),
        "findings": count_findings(job.run_path),
        "maps": map_quality(job.run_path),
    }


def count_findings(run_path: Path) -> dict[str, int]:
    """Check the exports again; return severity and code -> number of findings."""
    from projector_export.export_check import check_exports

    findings = check_exports(run_path).findings
    return dict(Counter(f"{finding.severity} {finding.code}" for finding in findings))


def color_shares(run_path: Path) -> dict[str, float]:
    """Return value -> share of the books, for the colors of the books' map, the largest first."""
    from projector_export import open_export

    genres = open_export(run_path).tables["books"].metadata["genre"]
    return {
        str(genre): float(share) for genre, share in genres.value_counts(normalize=True).items()
    }


def map_quality(run_path: Path) -> dict[str, dict[str, float]]:
    """Return layout -> trustworthiness and recall, as benchmarks/maps.py defines them."""
    import numpy as np
    from maps import recall, trustworthiness

    from projector_export.prepare.geometry import viewer_ready
    from training.run_folder import RunFolder, Vectors

    vectors = viewer_ready(Vectors.load(run_path).books)
    quality = {}
    for path in sorted(RunFolder(run_path).layouts_path.glob("*.npz")):
        with np.load(path) as arrays:
            layout = arrays["layout"]
        quality[path.name.split("-")[0]] = {
            "trustworthiness@15": trustworthiness(vectors, layout),
            "recall@10": recall(vectors, layout),
        }
    return quality


def markdown(report: Mapping[str, Any]) -> str:
    """Format the figures as the tables of docs/training.md."""
    sizes, held_out, purity = report["sizes"], report["held_out"], report["genre_purity"]
    seconds = [f"{report['seconds'][name]:.1f} s" for name in (*STAGES, "whole")]
    colors = ", ".join(f"{name} {share:.1%}" for name, share in report["colors"].items())
    findings = ", ".join(f"{name} ({count})" for name, count in report["findings"].items())
    counts = " | ".join(f"{sizes[f'num_{name}']:,}" for name in ("books", "links", "pairs"))
    loads = ", ".join(map(str, report["load"]))
    lines = [
        f"{report['machine']}; load at the end {loads} (1, 5, 15 minutes)\n",
        f"| books | links | pairs | {' | '.join(STAGES)} | total | peak memory |",
        "|---" * (len(STAGES) + 5) + "|",
        f"| {counts} | {' | '.join(seconds)} | {report['peak_megabytes']:,} MB |\n",
        "| map | trustworthiness@15 | recall@10 |\n|---|---|---|",
        *(
            f"| {name} | {quality['trustworthiness@15']:.4f} | {quality['recall@10']:.3f} |"
            for name, quality in report["maps"].items()
        ),
        f"\nHeld-out MRR {held_out['mrr']:.3f}, hits@10 {held_out['hits@10']:.3f}.",
        f"Genre purity@10 {purity['learned']:.3f} ({purity['shuffled']:.3f} by chance).",
        f"\nColors: {colors}.",
        f"\nFindings: {findings or 'none'}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
