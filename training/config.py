"""What a run is told to do: one YAML file, every key with a default, no unknown one let through."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from projector_export.errors import ConfigError
from projector_export.files import existing_file

RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
BOOK_COLUMNS = (
    *("title", "genre", "author", "country", "language", "year", "num_links"),
    *("genre_raw", "genre_source"),
)
PAIRS_SEEN, EPOCHS_RANGE = 4_500_000, (6, 30)  # docs/training.md measures more and less
ARTICLE_TRAINING = {"epochs": 15, "learning_rate": 0.001, "batch_size": 1024}


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

    embedding_dim: int = Field(50, ge=3, le=1024, description="Numbers in one vector")
    objective: Literal["softmax", "regression", "classification"] = Field(
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
    color_by: str = Field("genre", description="The column that maps are coloured by")
    max_colors: int = Field(
        10, ge=2, le=50, description="Most values of that column; the viewer has 10 colours"
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
                raise ValueError(f"there is no column {name!r}{_did_you_mean(name, BOOK_COLUMNS)}")
        return names


class Config(Section):
    """Everything that a run depends on."""

    run: str = Field("books", description="The run's name: its folder under `logdir`")
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
    def _article_s_own_defaults(cls, values: Any) -> Any:
        """Where an objective is the article's, so are the defaults of its training."""
        model = values.get("model") if isinstance(values, dict) else None
        training = values.get("training", {}) if model else None
        if not (isinstance(model, dict) and isinstance(training, dict)):
            return values
        if model.get("objective") not in {"regression", "classification"}:
            return values
        return {**values, "training": {**ARTICLE_TRAINING, **training}}

    def with_epochs_for(self, num_pairs: int) -> Config:
        """Set the number of epochs that suits `num_pairs`, if the user left it open."""
        epochs = self.training.epochs or int(np.clip(PAIRS_SEEN / num_pairs, *EPOCHS_RANGE))
        training = self.training.model_copy(update={"epochs": epochs})
        return self.model_copy(update={"training": training})

    @property
    def run_path(self) -> Path:
        """The run's folder."""
        return Path(self.logdir) / self.run


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file and apply `key.path=value` overrides to it.

    Raises:
        ConfigError: the file cannot be read, or a key, type or value is wrong; the message names
            the file or --set, the line, the key's path and what was expected.
    """
    existing_file(path, "a config file")
    source = ConfigSource(str(path), path.read_bytes())
    for override in overrides:
        source.override(override)
    return source.validated()


class ConfigSource:
    """A config's keys and values, and where each of them was written."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._lines: dict[tuple[str, ...], str] = {}
        self._values = self._parsed(content)

    def override(self, text: str) -> None:
        """Apply one `key.path=value`; the value is read as YAML."""
        dotted, equals, value = text.partition("=")
        keys = tuple(dotted.strip().split("."))
        place = f"--set {text}"
        if not equals or not all(keys):
            raise ConfigError(f"{place}: expected key.path=value, such as training.epochs=5")
        section = self._values
        for key in keys[:-1]:
            section = section.setdefault(key, {})
            if not isinstance(section, dict):
                raise ConfigError(f"{place}: {key} is not a section")
        try:
            section[keys[-1]] = yaml.load(value, Loader=_Loader)  # noqa: S506  (a SafeLoader)
        except yaml.YAMLError as error:
            raise ConfigError(f"{place}: the value does not parse as YAML") from error
        self._lines[keys] = place

    def validated(self) -> Config:
        """Check every key, type and value."""
        try:
            return Config.model_validate(self._values)
        except ValidationError as error:
            self._refuse(error)

    def _parsed(self, content: bytes) -> dict[str, Any]:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{self._name} is not UTF-8 at byte {error.start}") from error
        try:
            node = yaml.compose(text, Loader=_Loader)
            if node is None:
                raise ConfigError(
                    f"{self._name} is empty", tip="configs/starter.yaml is an example"
                )
            if not isinstance(node, yaml.MappingNode):
                raise ConfigError(f"{self._name}: expected keys and values, such as `run: starter`")
            self._note_lines(node, ())
            values: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506
            values.pop("provenance", None)  # what a run notes beside its own config
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f":{mark.line + 1}" if mark else ""
            raise ConfigError(f"{self._name}{line}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise ConfigError(f"{self._name}: not YAML: {' '.join(str(error).split())}") from error
        return values

    def _note_lines(self, node: yaml.MappingNode, path: tuple[str, ...]) -> None:
        """Remember each key's line, and refuse a key that is given twice."""
        for key_node, value_node in node.value:
            key_path = (*path, str(key_node.value))
            place = f"{self._name}:{key_node.start_mark.line + 1}"
            if key_path in self._lines:
                raise ConfigError(f"{place}: {'.'.join(key_path)} is given twice")
            self._lines[key_path] = place
            if isinstance(value_node, yaml.MappingNode):
                self._note_lines(value_node, key_path)

    def _refuse(self, error: ValidationError) -> NoReturn:
        """Say the first thing that is wrong."""
        details = error.errors(include_url=False)[0]
        keys = tuple(str(part) for part in details["loc"])
        known = [
            keys[:length] for length in range(len(keys), 0, -1) if keys[:length] in self._lines
        ]
        place = self._lines[known[0]] if known else self._name
        if details["type"] == "extra_forbidden":
            raise ConfigError(
                f"{place}: there is no key {'.'.join(keys)}", tip=_nearest_key(keys) or None
            )
        raise ConfigError(
            f"{place}: {'.'.join(keys)} is {details['input']!r}; {_expected(details)}"
        )


class _Loader(yaml.SafeLoader):
    """Safe YAML that also reads `1e-3` as a number, which YAML 1.1 takes for text."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+"), list("-+0123456789")
)


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
    return yaml.safe_dump(config.model_dump(), sort_keys=False, allow_unicode=True)


def _nearest_key(keys: tuple[str, ...]) -> str:
    """Name the key that was probably meant: one spelled alike, or of that name elsewhere."""
    known = key_paths()
    same_name = [path for path in known if path.split(".")[-1] == keys[-1]]
    alike = difflib.get_close_matches(".".join(keys), known, n=1, cutoff=0.6)
    by_name = {path.split(".")[-1]: path for path in known}
    alike_name = [by_name[name] for name in difflib.get_close_matches(keys[-1], by_name, n=1)]
    nearest = [*same_name, *alike, *alike_name]
    return f"did you mean {nearest[0]}?" if nearest else "docs/configuration.md lists all keys"


def _expected(details: ErrorDetails) -> str:
    """Say what a value should have been, in words that need no Python."""
    words = {
        "int_type": "expected a whole number",
        "float_type": "expected a number",
        "string_type": "expected text",
        "list_type": "expected a list",
        "model_type": "expected a section with keys of its own",
    }
    message = details["msg"].removeprefix("Value error, ")
    return words.get(details["type"]) or message.replace("Input should be", "expected")


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"
