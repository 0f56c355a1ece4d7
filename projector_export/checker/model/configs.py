"""The two configs: projector_config.pbtxt, which TensorBoard reads, and the web app's JSON.

Sources: projector_config.proto, _rel_to_abs_asset_path in projector_plugin.py:212-229,
data-provider.ts:36-61, TensorBoard 2.21.0.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from projector_export.errors import InputError

MAX_CONFIG_BYTES = 20_000_000
_LINE_OF_ERROR = re.compile(r"^(\d+):\d+ : ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One `embeddings` entry, with paths as they are written; "" and () if they are missing."""

    tensor_name: str = ""
    tensor_shape: tuple[int, ...] = ()
    tensor_path: str = ""
    metadata_path: str = ""
    bookmarks_path: str = ""
    sprite_path: str = ""
    tile: tuple[int, ...] = ()

    @property
    def paths(self) -> dict[str, str]:
        """Every path of the entry by its key."""
        named = {
            "tensor_path": self.tensor_path,
            "metadata_path": self.metadata_path,
            "bookmarks_path": self.bookmarks_path,
            "sprite.image_path": self.sprite_path,
        }
        return {key: path for key, path in named.items() if path}


@dataclass(slots=True, kw_only=True)
class Config:
    """A config file as the viewer reads it.

    Attributes:
        path: the file, which a folder with only a checkpoint does not need.
        entries: in the file's order.
        checkpoint_path: `model_checkpoint_path`, as written.
        problem: why it does not parse, or "".
        problem_line: where, from 1.
    """

    path: Path
    entries: list[Entry] = field(default_factory=list)
    checkpoint_path: str = ""
    problem: str = ""
    problem_line: int | None = None

    def readable(self) -> Config:
        """Return this config, if it could be read.

        Raises:
            InputError: it has a problem.
        """
        if self.problem:
            line = f":{self.problem_line}" if self.problem_line else ""
            raise InputError(f"{self.path}{line} cannot be read: {self.problem}")
        return self


AssetProblem = Literal["", "outside", "absolute", "missing", "url"]


@dataclass(frozen=True, slots=True)
class Asset:
    """What a path in a config resolves to.

    Attributes:
        written: the path as it is in the config.
        file: the file that is read; None if there is none. For a web address it is the file of
            that name next to the config.
        problem: why the path is worse than a bare file name, or "".
    """

    written: str
    file: Path | None
    problem: AssetProblem = ""


def read_pbtxt(path: Path) -> Config:
    """Read `projector_config.pbtxt`; a missing file is a config without entries."""
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    config = Config(path=path)
    if not path.is_file():
        return config
    try:
        proto = text_format.Parse(_text(path), ProjectorConfig())
    except UnicodeDecodeError as error:
        config.problem = f"it is not UTF-8 at byte {error.start}"
        return config
    except (text_format.ParseError, ValueError, RecursionError) as error:
        config.problem, config.problem_line = _parse_problem(str(error))
        return config
    config.checkpoint_path = proto.model_checkpoint_path
    config.entries = [_entry_of_proto(embedding) for embedding in proto.embeddings]
    return config


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_CONFIG_BYTES).decode("utf-8")


def _parse_problem(message: str) -> tuple[str, int | None]:
    line = _LINE_OF_ERROR.match(message)
    text = _LINE_OF_ERROR.sub("", message).split("\n")[0]
    return text[:200], int(line[1]) if line else None


def _entry_of_proto(embedding: Any) -> Entry:
    return Entry(
        tensor_name=embedding.tensor_name,
        tensor_shape=tuple(embedding.tensor_shape),
        tensor_path=embedding.tensor_path,
        metadata_path=embedding.metadata_path,
        bookmarks_path=embedding.bookmarks_path,
        sprite_path=embedding.sprite.image_path,
        tile=tuple(embedding.sprite.single_image_dim),
    )


def read_json(path: Path) -> Config:
    """Read the web app's config."""
    config = Config(path=path)
    try:
        content = json.loads(_text(path).removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        config.problem = f"it is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        config.problem, config.problem_line = error.msg, error.lineno
    except (ValueError, RecursionError) as error:
        config.problem = str(error)[:200]
    else:
        config.problem = _fill_from_json(config, content)
    return config


def _fill_from_json(config: Config, content: object) -> str:
    embeddings = content.get("embeddings") if isinstance(content, dict) else None
    if not isinstance(embeddings, list) or not embeddings:
        return 'it has no list "embeddings" with an entry in it'
    if not all(isinstance(embedding, dict) for embedding in embeddings):
        return '"embeddings" contains something that is not an object'
    config.entries = [_entry_of_json(embedding) for embedding in embeddings]
    return ""


def _entry_of_json(embedding: dict[str, Any]) -> Entry:
    sprite = embedding.get("sprite")
    sprite = sprite if isinstance(sprite, dict) else {}
    return Entry(
        tensor_name=_string(embedding.get("tensorName")),
        tensor_shape=_integers(embedding.get("tensorShape")),
        tensor_path=_string(embedding.get("tensorPath")),
        metadata_path=_string(embedding.get("metadataPath")),
        bookmarks_path=_string(embedding.get("bookmarksPath")),
        sprite_path=_string(sprite.get("imagePath")),
        tile=_integers(sprite.get("singleImageDim")),
    )


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _integers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(part) is int for part in value):
        return ()
    return tuple(value)


def is_web_config(path: Path) -> bool:
    """Whether JSON is a config of the web app, not bookmarks, judged by its beginning."""
    try:
        with path.open("rb") as file:
            return b'"embeddings"' in file.read(4096) and path.stat().st_size < MAX_CONFIG_BYTES
    except OSError:
        return False


def server_asset(folder: Path, written: str) -> Asset:
    """Resolve a path like TensorBoard, which serves nothing outside the config's folder."""
    root = folder.resolve()
    # A Windows path means nothing to a TensorBoard on another system.
    try:
        candidate = (root / Path(written).expanduser()).resolve()
        is_inside = candidate.is_relative_to(root)
        is_file = is_inside and candidate.is_file()
    except (OSError, RuntimeError, ValueError):
        return Asset(written, None, "missing")
    if not is_inside:
        return Asset(written, None, "outside")
    if not is_file:
        return Asset(written, None, "missing")
    is_absolute = PurePosixPath(written).is_absolute() or PureWindowsPath(written).is_absolute()
    file = candidate if is_absolute else folder / Path(written).expanduser()
    return Asset(written, file, "absolute" if is_absolute else "")


def page_asset(folder: Path, written: str) -> Asset:
    """Resolve a path like a page in the config's folder."""
    try:
        parts = urlsplit(written)
    except ValueError:  # such as half an IPv6 address
        return Asset(written, None, "missing")
    if parts.netloc or parts.scheme in {"http", "https", "blob", "data"}:
        return Asset(written, _file_beside(folder, parts.path), "url")
    path = unquote(parts.path)
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        return Asset(written, None, "absolute")
    asset = server_asset(folder, path)
    return replace(asset, written=written)


def _file_beside(folder: Path, address_path: str) -> Path | None:
    """Find the file named by the last part of a web address, next to the config."""
    name = PurePosixPath(unquote(address_path)).name
    asset = server_asset(folder, name) if name else None
    return asset.file if asset else None
