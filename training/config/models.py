"""The config's keys: one YAML file, a default for every key, and unknown keys refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from projector_export.prepare.added_columns import ADDED_COLUMNS, MAP_REGION
from projector_export.prepare.colors import GRAY_PLACE, NO_COLUMN
from projector_export.prepare.layouts import LAYOUTS
from projector_export.tour.stops import TourStop
from training.config.messages import did_you_mean
from training.config.section import OneOf, Section
from training.objectives import OBJECTIVES
from training.objectives.base import Hyperparameters

RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
BOOK_COLUMNS = (
    *("title", "genre", "author", "country", "language", "year", "num_links"),
    *("genre_raw", "genre_source"),
)
GENRE_RELIABILITY = "genre_reliability"  # a column that `genres_from_neighbors` adds
PAIRS_SEEN, EPOCHS_RANGE = 8_500_000, (6, 40)  # docs/training.md measures more and less
LINK_COLUMNS = ("name", "kind", "num_books")


class DatasetConfig(Section):
    """Which books to train on, and which of their links count."""

    books: str = Field(
        "starter", description="`starter`, the path of a books file, or a published set's name"
    )
    min_link_count: int = Field(
        4, ge=1, description="Links that occur fewer times in all articles are ignored"
    )
    count_links_once: bool = Field(
        False,
        description="Whether a link that occurs several times in one article counts as one: "
        "`min_link_count` is then a number of articles",
    )
    ignore_links: list[str] = Field(
        default=[
            "hardcover",
            "paperback",
            "wikipedia:wikiproject books",
            "wikipedia:wikiproject novels",
        ],
        description="Links that say nothing about a book's content; case is ignored",
    )
    held_out_links_per_book: int = Field(
        1,
        ge=0,
        description="Links of each book that are held out from training, to evaluate it",
    )
    genres: str | None = Field(
        None,
        description="A YAML file that extends the genre mapping; null: only the built-in mapping",
    )
    genres_from_neighbors: float | None = Field(
        None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Books without a genre get that of the nearest books, if it is right with at "
        "least this probability, such as 0.8; null: they stay Unknown",
    )


class ModelConfig(Section):
    """The network: two tables of vectors and a dot product."""

    # The viewer treats rows of three numbers or fewer as coordinates and does not normalize them.
    embedding_dim: int = Field(50, ge=4, le=1024, description="Numbers per vector")
    objective: Annotated[str, OneOf(tuple(OBJECTIVES))] = Field(
        "softmax",
        description="What is learned from a pair; `regression` is the article's objective",
    )


class TrainingConfig(Section):
    """How to learn the vectors."""

    epochs: int | None = Field(
        None,
        ge=1,
        description="Passes over all pairs; null: enough to see 8.5 million pairs, from 6 to 40, "
        "or 15 for the article's objectives",
    )
    learning_rate: float = Field(
        0.8,
        gt=0,
        allow_inf_nan=False,
        description="Learning rate at the start; 0.001 for the article's objectives",
    )
    batch_size: int = Field(
        512, ge=1, description="Books per step; 1024 pairs for the article's objectives"
    )


class ExportConfig(Section):
    """What to write for the viewer."""

    title: str = Field("", description="What the web page is called; by default the run's name")
    source: str = Field("", description="Where the data is from; visitors of the page read it")
    url: str = Field(
        "", description="Where the web page will be; previews of links need it for their picture"
    )
    tables: list[Literal["books", "links"]] = Field(
        default=["books", "links"],
        min_length=1,
        description="Which tables to export; the viewer opens the first",
    )
    metadata: list[str] = Field(
        default=list(BOOK_COLUMNS),
        min_length=1,
        description="Columns of the books' metadata; the first is the label",
    )
    layouts: list[Annotated[str, OneOf(tuple(LAYOUTS))]] = Field(
        default=["tsne", "umap", "pca"],
        description="Layouts to compute, in the order in which the viewer offers them",
    )
    sprites: Literal["none", "initials"] = Field(
        "none", description="What to draw in place of points: `initials` of titles and links"
    )
    add_columns: list[Annotated[str, OneOf(tuple(ADDED_COLUMNS))]] = Field(
        default=[MAP_REGION],
        description="Columns to compute for the first table: `map_region` names the regions of its "
        "first map, `layout_trust` is how far to trust a point's place on it, `hubness` how many "
        "rows have this one among their 10 nearest",
    )
    color_by: str = Field("genre", description="The column to color maps by, or `none`")
    max_colors: int = Field(
        10,
        ge=10,
        le=50,
        description="The most values of that column, with Unknown and Other; the viewer has 10 "
        "colors, and the tenth is gray, for Other",
    )
    tour: list[TourStop] | None = Field(
        None,
        description="The stops of the page's tour; null: made from the data, `[]`: no tour",
    )

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError(f"{url!r} is no address of a page; expected https://...")
        return url

    @field_validator("tables", "metadata", "layouts", "add_columns")
    @classmethod
    def _no_repeats(cls, names: list[str]) -> list[str]:
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"{repeated[0]!r} is given twice")
        return names

    @field_validator("metadata")
    @classmethod
    def _known_columns(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in BOOK_COLUMNS:
                raise ValueError(
                    f"the column {name!r} does not exist{did_you_mean(name, BOOK_COLUMNS)}"
                )
        return names

    @field_validator("color_by")
    @classmethod
    def _known_column(cls, name: str) -> str:
        known = (*BOOK_COLUMNS, *LINK_COLUMNS, *ADDED_COLUMNS, NO_COLUMN)
        if name not in known:
            raise ValueError(f"that column does not exist{did_you_mean(name, known)}")
        return name

    @field_validator("max_colors", mode="before")
    @classmethod
    def _room_for_gray(cls, number: object) -> object:
        if isinstance(number, int) and not isinstance(number, bool) and number < GRAY_PLACE:
            raise ValueError(
                f"expected {GRAY_PLACE} or more: the viewer's tenth color is the gray for Other"
            )
        return number


class Config(Section):
    """Everything that determines a run."""

    run: str = Field(
        "books", max_length=100, description="The run's name: its folder under `logdir`"
    )
    logdir: str = Field("logs", description="The folder of all runs")
    seed: int = Field(42, ge=0, lt=2**32, description="Makes every random choice repeatable")
    dataset: DatasetConfig = Field(default=DatasetConfig(), description="The books")
    model: ModelConfig = Field(default=ModelConfig(), description="The network")
    training: TrainingConfig = Field(default=TrainingConfig(), description="The training")
    export: ExportConfig = Field(default=ExportConfig(), description="The export")

    @field_validator("run")
    @classmethod
    def _one_folder(cls, name: str) -> str:
        if not RUN_NAME.fullmatch(name):
            raise ValueError("expected a folder name of letters, digits and _ . -")
        return name

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_the_objective(cls, values: Any) -> Any:
        """Apply the objective's own defaults to the section `training`."""
        model = values.get("model") if isinstance(values, dict) else None
        training = values.get("training", {}) if model else None
        if not (isinstance(model, dict) and isinstance(training, dict)):
            return values
        objective = OBJECTIVES.get(str(model.get("objective")))
        return {**values, "training": {**objective.training, **training}} if objective else values

    def with_epochs_for(self, num_pairs: int) -> Config:
        """Choose the number of epochs by `num_pairs`, unless the user has set it."""
        epochs = self.training.epochs or int(np.clip(PAIRS_SEEN / num_pairs, *EPOCHS_RANGE))
        training = self.training.model_copy(update={"epochs": epochs})
        return self.model_copy(update={"training": training})

    def hyperparameters(self) -> Hyperparameters:
        """Return what an objective needs to know.

        Raises:
            ValueError: the number of epochs is not set; `with_epochs_for` sets it.
        """
        if self.training.epochs is None:
            raise ValueError("the number of epochs is not set")
        return Hyperparameters(
            dim=self.model.embedding_dim,
            num_epochs=self.training.epochs,
            learning_rate=self.training.learning_rate,
            batch_size=self.training.batch_size,
            seed=self.seed,
        )

    @property
    def run_path(self) -> Path:
        """The run's folder."""
        return Path(self.logdir) / self.run
