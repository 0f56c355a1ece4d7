"""ProjectorCallback: the Embedding layers of a model in TensorBoard while it trains."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.embedding import Embedding
from projector_export.errors import InputError, UsageError
from projector_export.keras.layers import embedding_layers, find_layer, layer_vectors, table_name
from projector_export.keras.rows import Rows
from projector_export.prepare.geometry import viewer_ready
from projector_export.prepare.layouts.cache import user_layout_cache
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.prepare.table import prepare
from projector_export.read.pictures import as_pictures
from projector_export.write.runs import delete_run, largest_first, runs_path, write_run
from projector_export.write.tables import SerializedTable, serialize

logger = logging.getLogger(__name__)

EVERY_EPOCH, AT_THE_END = "epoch", "end"
_RUN_NAME = re.compile(r"epoch-(\d+)(?:-layouts)?")


class ProjectorCallback(keras.callbacks.Callback):
    """Write the Embedding layers of a model for TensorBoard's projector while `fit` runs.

    Each epoch is a separate run, `<log_dir>/projector/epoch-0001`, with a tensor for each layer;
    TensorBoard opens the newest. Rows are prepared like in `px.export`, so the neighbors
    that the viewer lists are cosine neighbors. If the folder has epochs of an earlier training, the
    numbers continue after them.

    >>> import keras, numpy as np
    >>> from projector_export.keras import ProjectorCallback
    >>> words = keras.layers.Embedding(5, 4, name="words")
    >>> model = keras.Sequential([words, keras.layers.Flatten(), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> callback = ProjectorCallback("fit", {"words": ["sea", "sun", "sand", "salt", "sky"]})
    >>> _ = model.fit(np.eye(5), np.ones(5), epochs=2, verbose=0, callbacks=[callback])
    >>> [path.name for path in callback.runs]
    ['epoch-0001', 'epoch-0002']
    """

    def __init__(
        self,
        log_dir: str | Path,
        embeddings: Mapping[str, Any] | Sequence[str] | None = None,
        *,
        every: str | int = EVERY_EPOCH,
        keep: int = 5,
        layouts: Sequence[str] = (),
        seed: int = 1,
    ) -> None:
        """Choose which layers to write, and where.

        Args:
            log_dir: a folder for TensorBoard's `--logdir`, or one inside it.
            embeddings: an Embedding layer's name -> its metadata or `Rows`; or only names, or
                None for all layers, with rows labeled by their numbers. A name that occurs several
                times needs its path, such as `tower/words`.
            every: "epoch", a number of epochs, or "end" for only the end of training. The last
                epoch is always written.
            keep: how many epochs stay; older ones are deleted.
            layouts: computed at the end of training, for the last epoch and the largest layer.
            seed: the same seed gives the same layouts.

        Raises:
            UsageError: an argument is invalid.
        """
        super().__init__()
        is_number = isinstance(every, int) and not isinstance(every, bool) and every > 0
        if not (is_number or every in {EVERY_EPOCH, AT_THE_END}):
            raise UsageError(f"every is {every!r}; expected 'epoch', a number of epochs, or 'end'")
        if keep < 1:
            raise UsageError(f"keep is {keep}; expected at least 1 epoch")
        if isinstance(embeddings, str):
            embeddings = [embeddings]
        self.path = runs_path(log_dir)
        self.embeddings = embeddings
        self.every = 1 if every == EVERY_EPOCH else every
        self.keep = keep
        self.layouts = LayoutOptions(
            names=tuple(layouts), dimensions=2, seed=seed, cache_path=user_layout_cache()
        )
        self._tables: list[_LayerTable] = []
        self._offset: int | None = None
        self._epoch = 0
        self._written = 0

    @property
    def runs(self) -> list[Path]:
        """The folders of the epochs that were written and kept, oldest first."""
        folders = self.path.iterdir() if self.path.is_dir() else []
        runs = (path for path in folders if _RUN_NAME.fullmatch(path.name))
        return sorted(runs, key=lambda run: (_number(run), run.name))

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Find the layers and prepare their metadata, so that errors come before the training.

        Raises:
            InputError: a layer does not exist, or its metadata does not fit.
        """
        self._tables = self._find_tables()
        self._offset, self._epoch, self._written = None, 0, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Continue the numbers of existing epochs."""
        if self._offset is None:
            self._offset = max(0, _number(self.runs[-1]) - epoch) if self.runs else 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Write the epoch, if it is one to write."""
        self._epoch = epoch + 1 + (self._offset or 0)
        if isinstance(self.every, int) and (epoch + 1) % self.every == 0:
            self._write()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Write the last epoch, if it is not written yet, and its layouts."""
        if self._epoch != self._written:
            self._write()
        if self.layouts.names and self._written:
            self._write(layouts=self.layouts)

    def _find_tables(self) -> list[_LayerTable]:
        try:
            asked_for = self._asked_for()
        except InputError:
            if self.model.built:
                raise
            asked_for = []  # custom layers may create theirs when they see the first batch
        return [_LayerTable.of(path, layer, rows) for path, layer, rows in asked_for]

    def _asked_for(self) -> list[tuple[str, keras.layers.Embedding, Rows]]:
        named = self.embeddings
        if named is None:
            layers = embedding_layers(self.model)
            # The viewer lists no table of one row, and row 0 may be padding.
            named = [path for path, layer in layers.items() if layer.input_dim > 2]
        if not isinstance(named, Mapping):
            named = dict.fromkeys(named)
        if not named:
            raise InputError("the model has no Embedding layer to write")
        asked_for = [
            (*find_layer(name, self.model), rows if isinstance(rows, Rows) else Rows(rows))
            for name, rows in named.items()
        ]
        paths = [path for path, _, _ in asked_for]
        if repeated := {path for path in paths if paths.count(path) > 1}:
            raise InputError(f"layer {min(repeated)!r} is named twice")
        return asked_for

    def _write(self, *, layouts: LayoutOptions | None = None) -> None:
        _ = self.model  # with JAX as Keras's backend, this brings the weights up to date
        self._tables = self._tables or self._find_tables()
        tables = [table.now() for table in self._tables]
        if None in tables:
            return
        folder = self.path / f"epoch-{self._epoch:04d}"
        ready = largest_first([table for table in tables if table is not None])
        if layouts is None:
            write_run(folder, ready)
        else:
            write_run(folder.with_name(f"{folder.name}-layouts"), with_layouts(ready, layouts))
            delete_run(folder)
        self._written = self._epoch
        for old in self.runs[: -self.keep]:
            delete_run(old)


@dataclass(frozen=True, slots=True, eq=False)
class _LayerTable:
    """A layer with everything that is the same in each epoch: metadata, sprite, row order."""

    layer: keras.layers.Embedding
    rows: IntVector  # (N,) of the layer, in the order of the viewer
    serialized: SerializedTable

    @classmethod
    def of(cls, path: str, layer: keras.layers.Embedding, rows: Rows) -> _LayerTable:
        kept, metadata = rows.shown(path, num_rows=layer.input_dim, has_padding=layer.mask_zero)
        # The layer may have no weights before the first batch.
        no_vectors = np.zeros((len(kept), layer.output_dim), np.float32)
        embedding = Embedding(
            table_name(path),
            no_vectors,
            metadata,
            rows.color_by,
            sprites=as_pictures(rows.sprites, metadata),
        )
        table = prepare(embedding, max_colors=rows.max_colors)
        return cls(layer, kept[table.rows], serialize(table))

    def now(self) -> SerializedTable | None:
        """Return the layer's current vectors; None, with a warning, if they diverged."""
        vectors: Float32Matrix = layer_vectors(self.layer)[self.rows]
        if not np.isfinite(vectors).all():
            logger.warning(
                "the vectors of %s contain NaN or infinity and are not written", self.layer.name
            )
            return None
        table = replace(self.serialized.table, vectors=viewer_ready(vectors))
        return replace(self.serialized, table=table)


def with_layouts(
    tables: Sequence[SerializedTable], options: LayoutOptions
) -> list[SerializedTable]:
    """Compute layouts for the first table."""
    first, *others = tables
    layouts = compute_layouts(first.table.vectors, options)
    described = {name: parameters(name, options, num_rows=first.table.num_rows) for name in layouts}
    table = replace(first.table, layouts=layouts, layout_parameters=described)
    return [replace(first, table=table), *others]


def _number(run: Path) -> int:
    match = _RUN_NAME.fullmatch(run.name)
    return int(match[1]) if match else 0
