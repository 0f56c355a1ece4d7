"""The objectives that vectors are trained with.

An objective is a class in this package that implements `base.Learner`, and a line in OBJECTIVES.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any

from training.data.pairs import PairSet
from training.objectives.base import Hyperparameters, Learner


@dataclass(frozen=True, slots=True)
class Objective:
    """One way to learn vectors.

    Attributes:
        learner: `module:Class`, imported only when used, because it imports TensorFlow.
        training: defaults of the config's section `training` that suit this objective.
    """

    learner: str
    training: Mapping[str, Any] = field(default_factory=dict)


_ARTICLE = {"epochs": 15, "learning_rate": 0.001, "batch_size": 1024}

OBJECTIVES: Mapping[str, Objective] = {
    "softmax": Objective("training.objectives.softmax:SoftmaxLearner"),
    "regression": Objective("training.objectives.labeled_pairs:RegressionLearner", _ARTICLE),
    "classification": Objective(
        "training.objectives.labeled_pairs:ClassificationLearner", _ARTICLE
    ),
}


def new_learner(objective: str, pairs: PairSet, hyperparameters: Hyperparameters) -> Learner:
    """Create the learner of that objective."""
    learner: Learner = resolve_name(OBJECTIVES[objective].learner)(pairs, hyperparameters)
    return learner
