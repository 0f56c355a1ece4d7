"""What the report of a run says about its training: figures, what was dropped, how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from projector_export.errors import command_line
from projector_export.explore.report_notes import NotedFigure, ReportNotes
from training.config.models import Config
from training.dataset import Dataset
from training.metrics import PURITY_AT

SIZES = {
    "num_books": ("books", "Books with a vector."),
    "num_links": ("links", "Pages that enough books link to; each has a vector too."),
    "num_pairs": ("pairs", "Pairs of a book and a page that it links to, which training saw."),
}
MRR = (
    "Of the links that training did not see: the mean of 1 / rank among all links, 1 if each was "
    "ranked first: {popularity} by the number of books that have them, {chance} by chance."
)
HITS = (
    "The share of unseen links that were ranked among the first {k}: {popularity} by popularity, "
    "{chance} by chance."
)
PURITY = (
    "The share of a book's {k} nearest neighbors that have its genre; {chance} if genres were "
    "shuffled."
)


def report_notes(metrics: Mapping[str, Any], dataset: Dataset, config: Config) -> ReportNotes:
    """Describe a training for the report of its run."""
    return ReportNotes(
        figures=[*_sizes(metrics), *_held_out(metrics), *_purity(metrics)],
        dropped=[*dataset.skipped, *_dropped_links(dataset, config)],
        reproduce=_commands(config),
    )


def _sizes(metrics: Mapping[str, Any]) -> Iterator[NotedFigure]:
    for key, (name, meaning) in SIZES.items():
        if key in metrics.get("dataset", {}):
            value = f"{metrics['dataset'][key]:,}"
            yield NotedFigure(name=name, value=value, meaning=meaning)


def _held_out(metrics: Mapping[str, Any]) -> Iterator[NotedFigure]:
    held_out = metrics.get("held_out", {})
    for key in filter(held_out.get("popularity", {}).__contains__, held_out):
        meaning = (MRR if key == "mrr" else HITS).format(
            k=key.removeprefix("hits@"),
            **{name: f"{held_out[name][key]:.3f}" for name in ("popularity", "chance")},
        )
        name = "MRR" if key == "mrr" else key
        yield NotedFigure(name=name, value=f"{held_out[key]:.3f}", meaning=meaning)


def _purity(metrics: Mapping[str, Any]) -> Iterator[NotedFigure]:
    key = f"genre_purity@{PURITY_AT}"
    purity = metrics.get(key, {})
    if purity.get("learned") is not None:
        meaning = PURITY.format(k=PURITY_AT, chance=f"{purity['shuffled']:.3f}")
        value = f"{purity['learned']:.3f}"
        yield NotedFigure(name=key.replace("_", " "), value=value, meaning=meaning)


def _dropped_links(dataset: Dataset, config: Config) -> Iterator[str]:
    least, pairs = config.dataset.min_link_count, dataset.pairs
    if num_rare := pairs.num_links_with_rare - pairs.num_links:
        yield (
            f"{num_rare:,} links that several books share but that occur fewer than {least} times "
            "help to train the books and have no vectors of their own (dataset.min_link_count)."
        )
    if ignored := config.dataset.ignore_links:
        yield f"These links are ignored, as they say nothing about a book: {', '.join(ignored)}."


def _commands(config: Config) -> Sequence[str]:
    return [
        command_line("run", config.run_path / "config.yaml", "--set", f"run={config.run}-again"),
        command_line("report", config.run_path),
    ]
