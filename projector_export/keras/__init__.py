"""Keras models in the projector while they train; importing this imports Keras.

callback.py  ProjectorCallback, which goes into `Model.fit`
layers.py    the Embedding layers of a model, and the vectors that they return
rows.py      Rows: what the rows of a layer are
"""

from __future__ import annotations

from projector_export.keras.callback import ProjectorCallback
from projector_export.keras.rows import Rows

__all__ = ["ProjectorCallback", "Rows"]
