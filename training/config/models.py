"""What a run is told to do: one YAML file, every key with a default, no unknown one let through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from projector_export.files import existing_file
from projector_export.prepare.colors import GRAY_PLACE, NO_COLUMN
from training.config.messages import did_you_mean, refusal
from training.config.source import ConfigSource, as_yaml
from training.objectives import OBJECTIVES
from training.objectives.base import Hyperparameters

RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
BOOK_COLUMNS = (
    *("title", "genre", "author", "country", "language", "year", "num_links"),
    *("genre_raw", "genre_source"),
)
PAIRS_SEEN, EPOCHS_RANGE = 4_500_000, (6, 30)  # docs/training.md measures more and less
LINK_COLUMNS = ("name", "kind", "num_books")


@dataclass(frozen=True, slots=True)
class OneOf:
    """Makes a text one of the names of a registry."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the name after its type."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, name: str) -> str:
        if name not in self.names:
            *others, last = map(repr, self.names)
            raise ValueError(f"expected {', '.join(others)} or {last}")
        return name


class Section(BaseModel):
    """A part of the config: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DatasetConfig(Section):
    """Which books, and which of their links count."""

    books: str = Field(
        "starter", description="`starter`, the path of a books file, or a published set's name"
    )
    min_link_count: int = Field(
        4, ge=1, description="Links that occur fewer times in all articles are left out"
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
        description="Links that say nothing of a book's content; in any case",
    )
    held_out_links_per_book: int = Field(
        1,
        ge=0,
        description="Links of each book that are withheld from training and used to test it",
    )
    genres: str | None = Field(
        None,
        description="A YAML file that extends the genre mapping; none: the mapping as it ships",
    )


class ModelConfig(Section):
    """The network: two tables of vectors and a dot product."""

    # Rows of three numbers or fewer are coordinates to the viewer, which compares no directions.
    embedding_dim: int = Field(50, ge=4, le=1024, description="Numbers in one vector")
    objective: Annotated[str, OneOf(tuple(OBJECTIVES))] = Field(
        "softmax", description="What is learned from a pair; `regression` is the article's"
    )


class TrainingConfig(Section):
    """How the vectors are learned."""

    epochs: int | None = Field(
        None,
        ge=1,
        description="Passes over all pairs; none: as many as see 4.5 million pairs, from 6 to 30, "
        "or 15 for the article's objectives",
    )
    learning_rate: float = Field(
        0.8,
        gt=0,
        allow_inf_nan=False,
        description="Step size at the start; 0.001 for the article's objectives",
    )
    batch_size: int = Field(
        512, ge=1, description="Books in one step; 1024 pairs for the article's objectives"
    )


class ExportConfig(Section):
    """What is written for the viewer."""

    tables: list[Literal["books", "links"]] = Field(
        default=["books", "links"], min_length=1, description="Which vectors, the first opens first"
    )
    metadata: list[str] = Field(
        default=list(BOOK_COLUMNS),
        min_length=1,
        description="Columns of the books' metadata; the first is the label",
    )
    layouts: list[Literal["tsne", "umap", "pca"]] = Field(
        default=["tsne", "umap", "pca"], max_length=3, description="Finished maps, at most three"
    )
    color_by: str = Field("genre", description="The column that maps are colored by, or `none`")
    max_colors: int = Field(
        10,
        ge=10,
        le=50,
        description="Most values of that column, with Unknown and Other; the viewer has 10 colors, "
        "the tenth of them gray for Other",
    )

    @field_validator("tables", "metadata", "layouts")
    @classmethod
    def _no_repeats(cls, names: list[str]) -> list[str]:
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"{repeated[0]!r} is there twice")
        return names

    @field_validator("metadata")
    @classmethod
    def _known_columns(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in BOOK_COLUMNS:
                raise ValueError(f"there is no column {name!r}{did_you_mean(name, BOOK_COLUMNS)}")
        return names

    @field_validator("color_by")
    @classmethod
    def _known_column(cls, name: str) -> str:
        known = (*BOOK_COLUMNS, *LINK_COLUMNS, NO_COLUMN)
        if name not in known:
            raise ValueError(f"there is no such column{did_you_mean(name, known)}")
        return name

    @field_validator("max_colors", mode="before")
    @classmethod
    def _room_for_gray(cls, number: object) -> object:
        if isinstance(number, int) and not isinstance(number, bool) and number < GRAY_PLACE:
            raise ValueError(
                f"expected {GRAY_PLACE} or more: the viewer's gray, for Other, is its tenth color"
            )
        return number


class Config(Section):
    """Everything that a run depends on."""

    run: str = Field(
        "books", max_length=100, description="The run's name: its folder under `logdir`"
    )
    logdir: str = Field("logs", description="The folder that holds all runs")
    seed: int = Field(42, ge=0, lt=2**32, description="Makes every random choice repeatable")
    dataset: DatasetConfig = Field(default=DatasetConfig(), description="The books")
    model: ModelConfig = Field(default=ModelConfig(), description="The network")
    training: TrainingConfig = Field(default=TrainingConfig(), description="The training")
    export: ExportConfig = Field(default=ExportConfig(), description="The export")

    @field_validator("run")
    @classmethod
    def _one_folder(cls, name: str) -> str:
        if not RUN_NAME.fullmatch(name):
            raise ValueError("expected a folder's name of letters, digits and _ . -")
        return name

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_the_objective(cls, values: Any) -> Any:
        """Let an objective bring its own defaults for the section `training`."""
        model = values.get("model") if isinstance(values, dict) else None
        training = values.get("training", {}) if model else None
        if not (isinstance(model, dict) and isinstance(training, dict)):
            return values
        objective = OBJECTIVES.get(str(model.get("objective")))
        return {**values, "training": {**objective.training, **training}} if objective else values

    def with_epochs_for(self, num_pairs: int) -> Config:
        """Set the number of epochs that suits `num_pairs`, if the user left it open."""
        epochs = self.training.epochs or int(np.clip(PAIRS_SEEN / num_pairs, *EPOCHS_RANGE))
        training = self.training.model_copy(update={"epochs": epochs})
        return self.model_copy(update={"training": training})

    def hyperparameters(self) -> Hyperparameters:
        """Return what an objective is told.

        Raises:
            ValueError: the number of epochs is open; `with_epochs_for` sets it.
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


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file and apply `key.path=value` overrides to it.

    Raises:
        InputError: there is no such file.
        ConfigError: a key, type or value is wrong; the message names the file and line or --set,
            the key's path and what was expected.
    """
    existing_file(path, "a config file")
    source = ConfigSource(str(path), path.read_bytes())
    source.values.pop("provenance", None)  # what a run notes beside its own config
    for override in overrides:
        source.override(override)
    try:
        return Config.model_validate(source.values)
    except ValidationError as error:
        raise refusal(error.errors(include_url=False)[0], source, known=key_paths()) from error


def key_paths(model: type[BaseModel] = Config, prefix: str = "") -> list[str]:
    """List every key of the config by its dotted path."""
    paths = []
    for name, field in model.model_fields.items():
        paths.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            paths += key_paths(field.annotation, f"{prefix}{name}.")
    return paths


def config_yaml(config: Config) -> str:
    """Write a config as YAML that `load_config` reads back to an equal one."""
    return as_yaml(config.model_dump())
