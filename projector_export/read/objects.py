"""Convert vectors and metadata from objects in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, as_float32, is_real
from projector_export.errors import InputError

MAX_DENSE_BYTES = 2**31  # a sparse matrix that would be larger is refused


def as_matrix(vectors: Any) -> Float32Matrix:
    """Return `vectors` as float32 (N, D), without a copy if they already are.

    Args:
        vectors: NumPy of any integer or float type, bfloat16 included; pandas, polars or Arrow,
            as columns of numbers or as one column of lists; a SciPy sparse matrix; a list of rows;
            anything with `__array__`, such as a TensorFlow or Torch tensor, or with `__dlpack__`.

    Raises:
        InputError: they do not have two dimensions, or are not real numbers.
    """
    matrix = _stacked(_as_array(vectors))
    if matrix.ndim == 0:
        raise InputError(
            f"vectors are {type(vectors).__name__}; expected a matrix of (rows, dimensions)",
            tip=_conversion_tip(vectors),
        )
    if matrix.ndim != 2:
        raise InputError(
            f"vectors have shape {matrix.shape}; expected (rows, dimensions)",
            tip="pass one of them, such as vectors[0]"
            if matrix.ndim > 2
            else "stack them, such as with np.stack(rows)",
        )
    if not is_real(matrix.dtype):
        raise InputError(
            f"vectors are of type {matrix.dtype}; expected real numbers",
            tip="convert them, such as with vectors.astype('float32')",
        )
    return as_float32(matrix)


def _conversion_tip(vectors: Any) -> str | None:
    """Say how to pass what is not a matrix, but contains one."""
    if isinstance(vectors, str | PathLike):
        return f"read the file: px.export(px.read_embedding({str(vectors)!r}), ...)"
    if isinstance(vectors, Mapping):
        return "pass np.stack(list(vectors.values())), labels=list(vectors)"
    if hasattr(vectors, "get_weights"):
        return "pass the layer's matrix, such as layer.get_weights()[0]"
    return None


def as_table(metadata: Any, *, num_rows: int) -> pd.DataFrame:
    """Return `metadata` as a DataFrame whose first column is the label.

    Args:
        metadata: a pandas, polars or Arrow table, a dict of columns, a list of labels or of dicts,
            or None for labels `row 0`, `row 1`, ... A row index of text is the label.
        num_rows: N, the number of vectors.

    Raises:
        InputError: it has another type, or columns have unequal lengths.
    """
    if metadata is None:
        return pd.DataFrame({"label": [f"row {row}" for row in range(num_rows)]})
    if isinstance(metadata, pd.DataFrame):
        return label_from_index(metadata)
    if isinstance(metadata, pd.Series):
        return metadata.reset_index(drop=True).to_frame(metadata.name or "label")
    if isinstance(metadata, Mapping):
        return _table_of_columns(metadata)
    if isinstance(metadata, Sequence | np.ndarray) and not isinstance(metadata, str):
        return _table_of_rows(metadata)
    return as_table(_in_known_type(metadata), num_rows=num_rows)


def _table_of_rows(rows: Sequence[Any] | np.ndarray) -> pd.DataFrame:
    if len(rows) and all(isinstance(row, Mapping) for row in rows):
        return pd.DataFrame.from_records(list(rows))
    return _table_of_columns({"label": rows})


def _in_known_type(metadata: Any) -> Any:
    """Return a table or column of polars or Arrow as one that `as_table` knows."""
    if hasattr(metadata, "iter_columns"):  # polars, whose to_pandas needs pyarrow
        return {column.name: column.to_list() for column in metadata}
    if hasattr(metadata, "to_list") and hasattr(metadata, "name"):  # a column of polars
        return {metadata.name or "label": metadata.to_list()}
    if hasattr(metadata, "to_pandas"):
        return metadata.to_pandas()
    raise InputError(
        f"metadata is {type(metadata).__name__}; expected a DataFrame, a dict of columns or a list",
        tip=f"read the file: px.read_metadata({metadata!r})" if isinstance(metadata, str) else None,
    )


def label_from_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its row index as the first column, the label, if it is not of numbers.

    Numbers are what is left of the default index when rows are filtered or sorted.
    """
    index = frame.index
    name = str(index.name or "label")
    is_label = not isinstance(index, pd.MultiIndex) and not pd.api.types.is_numeric_dtype(index)
    if not is_label or name in map(str, frame.columns):
        return frame.reset_index(drop=True)
    return frame.reset_index(names=name)


def with_labels(metadata: Any, labels: Any) -> Any:
    """Return `metadata` with `labels` as its first column, `label`; either may be None.

    Raises:
        InputError: there are more or fewer labels than rows, or a column of that name exists.
    """
    if labels is None:
        return metadata
    column = as_table(labels, num_rows=0).iloc[:, :1].set_axis(["label"], axis=1)
    if metadata is None:
        return column
    table = as_table(metadata, num_rows=len(column))
    if "label" in map(str, table.columns):
        raise InputError("labels are given twice: metadata has a column 'label', too")
    if len(column) != len(table):
        raise InputError(f"{len(column)} labels but {len(table)} rows of metadata")
    return pd.concat([column, table], axis=1)


def _as_array(vectors: Any) -> np.ndarray:
    if isinstance(vectors, pd.DataFrame):
        return _frame_matrix(vectors)
    if isinstance(vectors, np.ma.MaskedArray):
        return np.ma.filled(vectors.astype(np.float32), np.nan)
    if hasattr(vectors, "toarray"):  # SciPy's sparse matrices
        return _dense(vectors)
    if hasattr(vectors, "detach"):  # Torch: off the graph and the GPU, and NumPy has no bfloat16
        vectors = vectors.detach().cpu().float()
    if not hasattr(vectors, "__array__"):
        vectors = _converted(vectors)
    try:
        return np.asarray(vectors)
    except ValueError as error:
        raise InputError(
            "vectors have rows of unequal length; expected (rows, dimensions)"
        ) from error


def _converted(vectors: Any) -> Any:
    for method in ("to_numpy", "to_pandas"):
        if hasattr(vectors, method):
            return getattr(vectors, method)()
    return np.from_dlpack(vectors) if hasattr(vectors, "__dlpack__") else vectors


def _dense(sparse: Any) -> np.ndarray:
    num_bytes = 4 * int(np.prod(sparse.shape, dtype=np.int64))
    if num_bytes > MAX_DENSE_BYTES:
        raise InputError(
            f"vectors are a sparse matrix of shape {sparse.shape}, which takes "
            f"{num_bytes / 1e9:,.1f} GB as dense float32; expected up to 2.1 GB",
            tip="reduce it first: sklearn.decomposition.TruncatedSVD(50).fit_transform(vectors)",
        )
    return np.asarray(sparse.astype(np.float32).toarray())


def _stacked(array: np.ndarray) -> np.ndarray:
    """Convert a column of lists or arrays, one per row, to (N, D)."""
    cells = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.dtype != object or cells.ndim != 1 or not len(cells):
        return array
    if not all(
        isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) for row in cells
    ):
        return array
    lengths = sorted({len(row) for row in cells})
    if len(lengths) > 1:
        raise InputError(
            f"vectors have rows of {lengths[0]} to {lengths[-1]} numbers; "
            "expected (rows, dimensions)"
        )
    return np.stack([np.asarray(row) for row in cells])


def _frame_matrix(frame: pd.DataFrame) -> np.ndarray:
    if frame.shape[1] == 1 and len(frame) and isinstance(frame.iloc[0, 0], list | np.ndarray):
        return frame.iloc[:, 0].to_numpy(dtype=object)
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
    series = {str(name): _column(values) for name, values in columns.items()}
    if len({len(column) for column in series.values()}) > 1:
        lengths = ", ".join(f"{name}: {len(column)}" for name, column in series.items())
        raise InputError(f"metadata columns have unequal lengths ({lengths})")
    return pd.DataFrame(series)


def _column(values: Any) -> pd.Series:
    """Return cells without an index, which pandas would align; types are kept."""
    if isinstance(values, pd.Series | pd.Index):
        values = values.array
    is_column = isinstance(values, pd.api.extensions.ExtensionArray) or (
        isinstance(values, np.ndarray) and values.ndim == 1
    )
    cells = values if is_column else list(values)
    try:
        return pd.Series(cells)
    except UnicodeEncodeError:  # Arrow, which pandas stores text in, has no lone surrogates
        return pd.Series(cells, dtype=object)
