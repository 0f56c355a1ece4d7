"""AnnData's .h5ad: a matrix of `obsm`, or X, with `obs` as the metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.read.formats.base import (
    FileFormat,
    Shape,
    Source,
    choose_array,
    float32_matrix,
    require_extra,
)
from projector_export.read.formats.hdf5 import is_hdf5, open_hdf5, refuse_lying_shape, top_names

USUAL = "x_pca"


def _recognizes(path: Path, head: bytes) -> bool:
    return is_hdf5(head) and {"obs", "var"} <= top_names(path)


def _read(path: Path, array: str | None) -> Source:
    require_extra("anndata", "anndata", path)
    from anndata.io import read_elem

    with open_hdf5(path) as opened:
        shapes = _shapes(opened)
        name = choose_array(path, shapes, array, usual=USUAL)
        item = opened[name if name == "X" else f"obsm/{name}"]
        if hasattr(item, "dtype"):
            refuse_lying_shape(path, item)
        matrix = read_elem(item)
        return Source(float32_matrix(path, _dense(matrix)), _table(read_elem(opened["obs"])))


def _shapes(opened: Any) -> dict[str, Shape]:
    """Map `obsm`'s matrices, or X if there are none, to their shapes."""
    obsm = opened.get("obsm", {})
    shapes = {name: _shape(item) for name, item in obsm.items()}
    return shapes or {"X": _shape(opened["X"])}


def _shape(item: Any) -> Shape:
    """Return the shape of a dataset or sparse matrix; that of a table is not known yet."""
    return tuple(map(int, getattr(item, "shape", item.attrs.get("shape", ()))))


def _dense(matrix: Any) -> Any:
    if isinstance(matrix, pd.DataFrame):
        return matrix.to_numpy()
    return matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)


def _read_metadata(path: Path) -> pd.DataFrame:
    require_extra("anndata", "anndata", path)
    from anndata.io import read_elem

    with open_hdf5(path) as opened:
        return _table(read_elem(opened["obs"]))


def _table(obs: pd.DataFrame) -> pd.DataFrame:
    """Make the names of the observations the first column, the labels."""
    table = obs.reset_index(names=str(obs.index.name or "name"))
    categories = table.select_dtypes("category")
    return table.astype(dict.fromkeys(categories, object))


FORMAT = FileFormat(
    title="AnnData",
    suffixes=(".h5ad",),
    recognizes=_recognizes,
    read=_read,
    read_metadata=_read_metadata,
)
