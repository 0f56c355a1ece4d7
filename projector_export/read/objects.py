"""Convert vectors and metadata from objects in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError


def as_matrix(vectors: Any) -> Float32Matrix:
    """Return `vectors` as float32 (N, D), without a copy if they already are.

    Args:
        vectors: NumPy, pandas, polars or Arrow; a list of rows; anything with `__array__`, such as
            a TensorFlow or Torch tensor on the CPU, or with `__dlpack__`.

    Raises:
        InputError: they do not have two dimensions, or are not real numbers.
    """
    matrix = _as_array(vectors)
    if matrix.ndim != 2:
        raise InputError(
            f"vectors have shape {matrix.shape}; expected (rows, dimensions)",
            tip="stack them, such as with np.stack(rows)",
        )
    if matrix.dtype.kind not in "fiub":
        raise InputError(
            f"vectors are of type {matrix.dtype}; expected real numbers",
            tip="convert them, such as with vectors.astype('float32')",
        )
    # Numbers too large for float32 become infinity, which an Embedding refuses with its row.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(matrix, dtype=np.float32)


def as_table(metadata: Any, *, num_rows: int) -> pd.DataFrame:
    """Return `metadata` as a DataFrame whose first column is the label.

    Args:
        metadata: a pandas, polars or Arrow table, a dict of columns, a list of labels, or None for
            labels `row 0`, `row 1`, ...
        num_rows: N, the number of vectors.

    Raises:
        InputError: it has another type, or columns have unequal lengths.
    """
    if metadata is None:
        return pd.DataFrame({"label": [f"row {row}" for row in range(num_rows)]})
    if isinstance(metadata, pd.DataFrame):
        return metadata.reset_index(drop=True)
    if isinstance(metadata, pd.Series):
        return metadata.reset_index(drop=True).to_frame(metadata.name or "label")
    if hasattr(metadata, "to_pandas"):
        return as_table(metadata.to_pandas(), num_rows=num_rows)
    if isinstance(metadata, Mapping):
        return _table_of_columns(metadata)
    if isinstance(metadata, Sequence | np.ndarray) and not isinstance(metadata, str):
        return pd.DataFrame({"label": list(metadata)})
    raise InputError(
        f"metadata is {type(metadata).__name__}; expected a DataFrame, a dict of columns or a list"
    )


def _as_array(vectors: Any) -> np.ndarray:
    if isinstance(vectors, pd.DataFrame):
        return _frame_matrix(vectors)
    if hasattr(vectors, "to_numpy"):  # polars
        return np.asarray(vectors.to_numpy())
    if hasattr(vectors, "to_pandas"):  # Arrow
        return np.asarray(vectors.to_pandas().to_numpy())
    if not hasattr(vectors, "__array__") and hasattr(vectors, "__dlpack__"):
        return np.from_dlpack(vectors)
    try:
        return np.asarray(vectors)
    except ValueError as error:
        raise InputError(
            "vectors have rows of unequal length; expected (rows, dimensions)"
        ) from error


def _frame_matrix(frame: pd.DataFrame) -> np.ndarray:
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
            raise InputError(
                f"vectors have a column {str(name)!r} of type {dtype}; expected real numbers",
                tip="labels and other text belong in the metadata",
            )
    matrix = frame.to_numpy()
    if matrix.dtype == object:  # of pandas' own types, such as Int64, which have missing values
        matrix = frame.to_numpy(np.float64, na_value=np.nan)
    return matrix


def _table_of_columns(columns: Mapping[Any, Any]) -> pd.DataFrame:
    try:
        return pd.DataFrame({str(name): _cells(values) for name, values in columns.items()})
    except ValueError as error:
        lengths = ", ".join(f"{name}: {len(list(cells))}" for name, cells in columns.items())
        raise InputError(f"metadata columns have unequal lengths ({lengths})") from error


def _cells(values: Any) -> Any:
    """Return a column's cells without an index, by which pandas would sort them; types stay."""
    if isinstance(values, pd.Series | pd.Index):
        return values.array
    if isinstance(values, pd.api.extensions.ExtensionArray):
        return values
    return values if isinstance(values, np.ndarray) and values.ndim == 1 else list(values)
