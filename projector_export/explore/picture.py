"""The style of pictures: sizes by purpose, colors that everyone can tell apart, file formats."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from projector_export.files import write_bytes_whole
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import OTHER

MAX_NAME_LENGTH = 26  # of a value or title in a picture
MAX_SLUG_LENGTH = 60  # of a label in a file's name

# Paul Tol's "muted" scheme: nine colors that people with any color vision can tell apart.
PALETTE = (
    *("#332288", "#cc6677", "#117733", "#88ccee", "#ddaa33"),
    *("#882255", "#44aa99", "#999933", "#aa4499"),
)
FAINT = "#d0d0d0"  # "Other", "Unknown", and points that are only the background
INK, ACCENT = "#222222", "#cc3311"
MARKERS = "o^sDvPX"  # once the colors are used up, they repeat with another shape
GRADIENT = "viridis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The size of pictures for one purpose.

    Attributes:
        size: width and height of a map with its legend, in inches.
        dpi: pixels per inch.
        font_size: in points.
        num_titles: how many landmarks are titled, if they fit.
        point_scale: how much larger than usual points are drawn.
    """

    size: tuple[float, float]
    dpi: int
    font_size: float
    num_titles: int
    point_scale: float = 1.0


PRESETS: Mapping[str, Preset] = {
    "screen": Preset(size=(9.2, 6.6), dpi=150, font_size=9, num_titles=30),
    # 183 x 131 mm, two columns of a journal.
    "paper": Preset(size=(183 / 25.4, 131 / 25.4), dpi=300, font_size=7, num_titles=30),
    # 89 x 58 mm, one column.
    "column": Preset(size=(89 / 25.4, 58 / 25.4), dpi=300, font_size=5.5, num_titles=12),
    "slide": Preset(size=(40 / 3, 7.5), dpi=144, font_size=15, num_titles=18),  # 1920 x 1080
    # 1200 x 630, which is shown at half the size in most places.
    "social": Preset(size=(12, 6.3), dpi=100, font_size=15, num_titles=14, point_scale=2.5),
}
SAME_EACH_TIME: Any = {"svg.hashsalt": "projector_export", "svg.fonttype": "none"}
FORMATS = ("png", "svg", "pdf")


def new_figure(preset: Preset) -> Figure:
    """Create an empty picture."""
    return Figure(figsize=preset.size, dpi=preset.dpi)


def save_figure(figure: Figure, path: Path) -> Path:
    """Write a picture in the format of the path's ending, the same bytes each time."""
    write_bytes_whole(path, figure_bytes(figure, path.suffix.removeprefix(".")))
    return path


@contextmanager
def missing_glyphs_are_boxes() -> Iterator[None]:
    """Draw boxes for characters that the font does not have, without a warning for each."""
    with catch_warnings():
        filterwarnings("ignore", "Glyph .* missing from font")
        yield


def figure_bytes(figure: Figure, format_name: str) -> bytes:
    """Return a picture as PNG, SVG or PDF, without the time and the program's version."""
    undated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    content = io.BytesIO()
    with missing_glyphs_are_boxes(), rc_context(SAME_EACH_TIME):
        figure.savefig(content, format=format_name, metadata=undated[format_name])
    return content.getvalue()


def colors_and_markers(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each value a color and a marker; "Other" and "Unknown" are faint."""
    named = [name for name in names if name not in {OTHER, UNKNOWN}]
    looks = dict.fromkeys(names, (FAINT, MARKERS[0]))
    for rank, name in enumerate(named):
        shape, color = divmod(rank, len(PALETTE))
        looks[name] = PALETTE[color], MARKERS[shape % len(MARKERS)]
    return looks


def shortened(text: str, max_length: int = MAX_NAME_LENGTH) -> str:
    """Shorten a text from a file, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= max_length else f"{line[: max_length - 1].rstrip()}…"


def is_drawable(text: str) -> bool:
    """Whether the font has every character; it has no Chinese, for example."""
    return all(ord(character) in _known_characters() for character in text)


@cache
def _known_characters() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def file_slug(text: str) -> str:
    """Turn any text into a part of a file's name, without separators of folders."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "-".join(re.findall(r"\w+", plain))[:MAX_SLUG_LENGTH].strip("-") or "unnamed"
