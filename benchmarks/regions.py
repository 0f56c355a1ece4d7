"""Print the regions of runs, how long finding and naming them takes, and how else it could be done.

    python benchmarks/regions.py logs/starter logs/p15 logs/wikipedia

It reads finished runs. docs/regions.md has the tables, with a verdict on each name.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.metrics import normalized_mutual_info_score

from projector_export.explore.exported_maps import read_layouts
from projector_export.explore.open_export import open_export
from projector_export.explore.regions import list_regions
from projector_export.prepare.added_columns.region_names import name_regions
from projector_export.prepare.added_columns.regions import MIN_ROWS, REGIONS_PER_MAP, find_regions
from training.config.loading import load_config
from training.data.terms import book_terms
from training.dataset import load_dataset
from training.resume_checks import trained_books_path
from training.run_folder import RunFolder, read_provenance

MAX_COMPARED = 5_000  # HDBSCAN of wide vectors takes minutes of more


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--largest", type=int, default=25)
    options = parser.parse_args()
    for path in options.runs:
        print_regions(path, num_regions=options.largest)
        print_seconds(path)
        compare_spaces(path)


def print_regions(path: Path, *, num_regions: int) -> None:
    """Print the largest regions with their typical rows."""
    table = open_export(path).table()
    regions = list(list_regions(table))
    share = sum(region.num_rows for region in regions) / len(table.labels)
    print(f"\n{path.name}: {len(regions)} regions of {share:.0%} of {len(table.labels):,} rows\n")
    for region in regions[:num_regions]:
        print(f"| {region.name} | {region.num_rows:,} | {'; '.join(region.typical[:3])} |")


def print_seconds(path: Path) -> None:
    """Print the processor seconds of finding and naming the regions of the first map."""
    layout = next(iter(read_layouts(open_export(path).tables, "books").values()))
    config = load_config(RunFolder(path).config_path, [])
    books = trained_books_path(path, read_provenance(RunFolder(path)))
    dataset = load_dataset(config, books)
    seconds = [time.process_time()]
    regions = find_regions(layout)
    seconds.append(time.process_time())
    terms = book_terms(dataset.table, dataset.pairs)
    seconds.append(time.process_time())
    name_regions(regions, terms)
    seconds.append(time.process_time())
    found, listed, named = np.diff(seconds)
    print(f"\nprocessor seconds: regions {found:.1f}, terms {listed:.1f}, names {named:.1f}")


def compare_spaces(path: Path) -> None:
    """Print what HDBSCAN finds on the maps and in the vectors, with the same smallest region."""
    opened = open_export(path)
    table = opened.table()
    if len(table.labels) > MAX_COMPARED:
        return
    smallest = max(MIN_ROWS, len(table.labels) // REGIONS_PER_MAP)
    genres = table.metadata["genre"].astype(str).to_numpy()
    spaces = {**read_layouts(opened.tables, table.name), "vectors": table.compared_vectors}
    print("\n| clustered | selection | regions | between | mutual information with genre |")
    for name, points in spaces.items():
        for selection in ("leaf", "eom"):
            clusters = HDBSCAN(
                min_cluster_size=smallest,
                min_samples=5,
                cluster_selection_method=selection,
                copy=True,
            ).fit_predict(points.astype(np.float64))
            is_in = clusters >= 0
            shared = normalized_mutual_info_score(genres[is_in], clusters[is_in])
            between = f"{1 - is_in.mean():.0%}"
            print(f"| {name} | {selection} | {clusters.max() + 1} | {between} | {shared:.2f} |")


if __name__ == "__main__":
    main()
