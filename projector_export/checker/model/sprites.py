"""The picture with a tile per point, as the page uses it.

Sources: data-provider.ts:445-456 for its size, scatterPlotVisualizerSprites.ts:47-50 for its tiles.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A picture and its tiles.

    Attributes:
        path: the picture.
        width: in pixels, like `height`; 0 if it cannot be read.
        tile: (width, height) of one tile from the config, or ().
        problem: why it cannot be read, or "".
    """

    path: Path
    width: int = 0
    height: int = 0
    tile: tuple[int, ...] = ()
    problem: str = ""

    @property
    def num_columns(self) -> float:
        """Number of tiles next to each other."""
        return self.width / self.tile[0]

    @property
    def num_rows(self) -> float:
        """Number of tiles on top of each other."""
        return self.height / self.tile[1]

    @property
    def has_tiles(self) -> bool:
        """Whether the config gives a tile's size."""
        return len(self.tile) == 2 and min(self.tile) > 0


def read_sprite(path: Path, tile: tuple[int, ...]) -> Sprite:
    """Read a picture's size; its pixels are not decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                width, height = picture.size
    except Image.DecompressionBombError:
        return Sprite(path=path, tile=tile, problem="has far too many pixels")
    except Exception as error:  # noqa: BLE001 - whatever a reader of pictures meets
        return Sprite(path=path, tile=tile, problem=f"is not a picture ({type(error).__name__})")
    return Sprite(path=path, width=width, height=height, tile=tile)
