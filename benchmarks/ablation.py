"""Ablation of the default objective: one thing changed at a time.

python benchmarks/ablation.py BOOKS.ndjson
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import vectors  # first, because it silences TensorFlow

from projector_export.prepare.geometry import unit_norm
from training.config.models import Config
from training.data.pairs import NO_PAIRS, PairSet
from training.objectives import softmax, softmax_batches
from training.objectives.base import Learned

SEEDS = range(3)
DEFAULT = (softmax.TOGETHER, softmax.LINKS_ALONE)


def stages(
    *, together: dict[str, Any] | None = None, alone: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Change one of the two stages."""
    return {
        "stages": (replace(DEFAULT[0], **(together or {})), replace(DEFAULT[1], **(alone or {})))
    }


CHANGES: dict[str, dict[str, Any]] = {
    "the default": {},
    "no neighbors": {"num_neighbors": 0},
    "20 neighbors": {"num_neighbors": 20},
    "no epochs of links alone": {"num_alone": 0},
    "scale 6 together": stages(together={"scale": 6.0}),
    "scale 10 together": stages(together={"scale": 10.0}),
    "scale 8 alone": stages(alone={"scale": 8.0}),
    "scale 14 alone": stages(alone={"scale": 14.0}),
    "half as many epochs": {"num_epochs": 20},
    "twice as many epochs": {"num_epochs": 80},
    "no rare links": {"rare": "left out"},
    "random initialization": {"start": "random"},
    "equal weights of pairs": stages(together={"popularity_power": 0.0}),
    "512 candidates": {"num_candidates": 512},
    "learning rate 0.4": {"learning_rate": 0.4},
    "batches of 128 books": {"batch_size": 128},
}


def main() -> None:
    """Print a row of Markdown for each change."""
    data = [vectors.real_books(Path(sys.argv[1]), seed) for seed in SEEDS]
    print(vectors.heading(), end="")
    for name, change in CHANGES.items():
        runs = [
            vectors.timed(
                lambda pairs, seed, change=change: learned(pairs, seed, dict(change)),
                *data[seed],
                seed,
            )
            for seed in SEEDS
        ]
        print(vectors.markdown({"method": name, **vectors.mean_and_spread(runs)}), flush=True)


def learned(pairs: PairSet, seed: int, change: dict[str, Any]) -> Learned:
    """Train with one thing changed."""
    hyperparameters = replace(
        Config(seed=seed).with_epochs_for(len(pairs.train)).hyperparameters(),
        **{
            key: change.pop(key)
            for key in ("num_epochs", "learning_rate", "batch_size")
            if key in change
        },
    )
    num_epochs = hyperparameters.num_epochs
    if change.pop("rare", None):
        pairs = replace(pairs, rare=NO_PAIRS)
    start, num_candidates = softmax.initialize_by_svd, softmax_batches.NUM_CANDIDATES
    softmax_batches.NUM_CANDIDATES = change.pop("num_candidates", num_candidates)
    if change.pop("start", None):
        softmax.initialize_by_svd = _initialize_randomly
    last = (
        num_epochs
        if "num_alone" not in change
        else -(-2 * num_epochs // 3) + change.pop("num_alone")
    )
    try:
        learner = softmax.SoftmaxLearner(pairs, hyperparameters, **change)
    finally:
        softmax.initialize_by_svd, softmax_batches.NUM_CANDIDATES = start, num_candidates
    for epoch in range(1, last + 1):
        learner.train_epoch(epoch)
    return learner.learned()


def _initialize_randomly(pairs: Any, shape: tuple[int, int], *, dim: int, rng: Any) -> Any:  # noqa: ARG001
    rows = [rng.standard_normal((count, dim)).astype("float32") for count in shape]
    return tuple(unit_norm(table) for table in rows)


Method = Callable[..., Learned]

if __name__ == "__main__":
    main()
