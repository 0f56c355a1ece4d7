"""The loss of the softmax, and its gradients written out, which takes less time than a tape."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from training.objectives.softmax_batches import Batch


class LossAndGradients(NamedTuple):
    """The loss of a batch of B books, and its derivatives.

    Attributes:
        loss: the weighted sum over pairs.
        books: (B, D).
        links: (T, D).
        bias: (T, 1).
    """

    loss: tf.Tensor
    books: tf.Tensor
    links: tf.Tensor
    bias: tf.Tensor


def softmax_loss(
    books: tf.Tensor,
    links: tf.Tensor,
    bias: tf.Tensor,
    *,
    batch: Batch,
    positives: tf.Tensor,
    scale: float,
) -> LossAndGradients:
    """Compute the weighted sum over pairs of log(1 + sum of exp(candidate's - own score)).

    Args:
        books: (B, D) of length 1.
        links: (T, D) of length 1; the first K are the candidates.
        bias: (T, 1).
        batch: the pairs and candidates.
        positives: (p,) the index, among the T, of each pair's link.
        scale: the factor of the cosine.
    """
    num_books, num_links = tf.shape(books)[0], tf.shape(links)[0]
    num_candidates = tf.shape(batch.candidates)[0]
    # With the bias as a last column, one product gives scores, and one the gradient of both.
    # `scale` is subtracted from all scores, so that only a bias can make an exponent positive.
    scaled_books = tf.concat([scale * books, tf.ones([num_books, 1])], axis=1)  # (B, D + 1)
    biased_links = tf.concat([links, bias - scale], axis=1)  # (T, D + 1)

    own = tf.reduce_sum(
        tf.gather(scaled_books, batch.rows) * tf.gather(biased_links, positives), axis=1
    )  # (p,)
    others = _candidate_exponentials(scaled_books, biased_links[:num_candidates], batch, positives)

    totals = tf.exp(own) + tf.gather(tf.reduce_sum(others, axis=1), batch.rows)  # (p,)
    loss = tf.reduce_sum(batch.weights * (tf.math.log(totals) - own))
    by_own = batch.weights * (tf.exp(own) / totals - 1)  # (p,)
    by_others = tf.math.segment_sum(batch.weights / totals, batch.rows)[:, None]  # (B, 1)

    by_pair = tf.SparseTensor(
        tf.cast(tf.stack([batch.rows, positives], axis=1), tf.int64),
        by_own,
        tf.cast([num_books, num_links], tf.int64),
    )
    by_books = by_others * tf.matmul(others, links[:num_candidates])
    by_books += tf.sparse.sparse_dense_matmul(by_pair, links)
    by_links = tf.matmul(others, by_others * scaled_books, transpose_a=True)  # (K, D + 1)
    by_links = tf.pad(by_links, [[0, num_links - num_candidates], [0, 0]])
    by_links += tf.sparse.sparse_dense_matmul(by_pair, scaled_books, adjoint_a=True)
    return LossAndGradients(loss, scale * by_books, by_links[:, :-1], by_links[:, -1:])


def _candidate_exponentials(
    scaled_books: tf.Tensor, candidates: tf.Tensor, batch: Batch, positives: tf.Tensor
) -> tf.Tensor:
    """Return exp(score) of each book and candidate (B, K), and 0 where they are a pair."""
    scores = tf.matmul(scaled_books, candidates, transpose_b=True)
    others = tf.exp(scores - batch.log_probabilities)
    is_candidate = positives < tf.shape(candidates)[0]
    known = tf.boolean_mask(tf.stack([batch.rows, positives], axis=1), is_candidate)
    return tf.tensor_scatter_nd_update(others, known, tf.zeros(tf.shape(known)[0]))
