"""Tables of vectors, trained by row-wise Adagrad on the unit sphere or off it."""

from __future__ import annotations

import tensorflow as tf

from projector_export.arrays import Float32Matrix

TINY = 1e-12


class Table(tf.Module):
    """Trained rows (R, D), and the sum of squared gradients of each row, for Adagrad."""

    def __init__(self, rows: Float32Matrix) -> None:
        super().__init__()
        self.rows = tf.Variable(rows)
        self.squares = tf.Variable(tf.zeros(len(rows)))

    def step(self, ids: tf.Tensor, rows: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor) -> None:
        """Move the rows `ids`, whose values are `rows`, against `gradient`."""
        self.rows.scatter_update(tf.IndexedSlices(self._move(ids, rows, gradient, rate), ids))

    def step_on_sphere(
        self, ids: tf.Tensor, rows: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor
    ) -> None:
        """Move rows of length 1 along the unit sphere."""
        tangent = gradient - rows * tf.reduce_sum(gradient * rows, axis=1, keepdims=True)
        moved = tf.math.l2_normalize(self._move(ids, rows, tangent, rate), axis=1)
        self.rows.scatter_update(tf.IndexedSlices(moved, ids))

    def center(self) -> None:
        """Subtract the mean from all rows, and scale them to length 1."""
        self.rows.assign(
            tf.math.l2_normalize(self.rows - tf.reduce_mean(self.rows, axis=0), axis=1)
        )

    def reset_squares(self) -> None:
        """Reset the sums of squared gradients to zero."""
        self.squares.assign(tf.zeros_like(self.squares))

    def _move(
        self, ids: tf.Tensor, rows: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor
    ) -> tf.Tensor:
        squares = tf.gather(self.squares, ids) + tf.reduce_sum(tf.square(gradient), axis=1)
        self.squares.scatter_update(tf.IndexedSlices(squares, ids))
        return rows - rate * gradient / tf.sqrt(squares + TINY)[:, None]
