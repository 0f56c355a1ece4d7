"""The default objective: its loss by hand, its batches, and that it is better than the article's."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from generated_books import generate_books

from training import evaluation
from training.config.models import Config
from training.data.pairs import PairSet
from training.objectives import new_learner
from training.objectives.base import Learned

RIGHT, UP = [1.0, 0.0], [0.0, 1.0]


def compute_loss(
    *, links, positives, candidates, rows=(0,), probabilities=None, weights=None, bias=None
) -> float:
    import tensorflow as tf

    from training.objectives.softmax_batches import Batch
    from training.objectives.softmax_loss import softmax_loss

    batch = Batch(
        books=tf.constant([0]),
        rows=tf.constant(rows),
        links=tf.constant(positives),
        weights=tf.constant(weights or [1.0] * len(positives)),
        candidates=tf.constant(candidates),
        log_probabilities=tf.math.log(tf.constant(probabilities or [1.0] * len(candidates))),
    )
    found = softmax_loss(
        tf.constant([RIGHT]),
        tf.constant(links),
        tf.constant(bias or [0.0] * len(links))[:, None],
        batch=batch,
        positives=tf.constant(positives),
        scale=2.0,
    )
    return float(found.loss)


def test_one_candidate_at_a_right_angle() -> None:
    # Own score 2, candidate's 0: log(1 + e^0 / e^2).
    loss = compute_loss(links=[UP, RIGHT], positives=[1], candidates=[0])
    assert loss == pytest.approx(log(1 + exp(-2)))


def test_a_candidate_that_is_a_link_of_the_book_does_not_count() -> None:
    # Both links are the book's own, and the only candidate is one of them: it is masked.
    loss = compute_loss(links=[UP, RIGHT], positives=[0, 1], rows=(0, 0), candidates=[0])
    assert loss == pytest.approx(0.0, abs=1e-6)


def test_a_candidate_drawn_half_of_the_time_counts_twice() -> None:
    loss = compute_loss(links=[UP, RIGHT], positives=[1], candidates=[0], probabilities=[0.5])
    assert loss == pytest.approx(log(1 + 2 * exp(-2)))


def test_bias_is_added_to_scores_and_weight_multiplies_the_loss() -> None:
    loss = compute_loss(
        links=[UP, RIGHT], positives=[1], candidates=[0], bias=[1.0, 0.0], weights=[3.0]
    )
    assert loss == pytest.approx(3 * log(1 + exp(1 - 2)))


def test_gradients_are_those_that_tensorflow_finds() -> None:
    import tensorflow as tf

    from training.objectives.softmax_batches import Batch
    from training.objectives.softmax_loss import softmax_loss

    rng = np.random.default_rng(0)
    books, links, bias = (
        tf.constant(rng.normal(size=shape), tf.float32) for shape in ((3, 4), (7, 4), (7, 1))
    )
    rows, positives = np.array([0, 0, 1, 2, 2, 2]), np.array([1, 6, 5, 0, 3, 4])
    weights, chances = rng.uniform(0.5, 2, 6), rng.uniform(0.1, 1, 5)
    is_other = np.ones((3, 5), np.float32)  # candidates are the first 5 links
    is_other[rows[positives < 5], positives[positives < 5]] = 0
    with tf.GradientTape() as tape:
        tape.watch([books, links, bias])
        scores = 2.0 * tf.matmul(books, links, transpose_b=True) + bias[:, 0]
        others = tf.reduce_sum(is_other * tf.exp(scores[:, :5]) / chances, axis=1)
        own = tf.gather_nd(scores, np.stack([rows, positives], axis=1))
        loss = tf.reduce_sum(weights * tf.math.log(1 + tf.gather(others, rows) / tf.exp(own)))
    expected = [loss, *tape.gradient(loss, [books, links, bias])]
    batch = Batch(
        books=tf.range(3),
        rows=tf.constant(rows, tf.int32),
        links=tf.constant(positives, tf.int32),
        weights=tf.constant(weights, tf.float32),
        candidates=tf.range(5),
        log_probabilities=tf.constant(np.log(chances), tf.float32),
    )
    positives = tf.constant(positives, tf.int32)
    found = softmax_loss(books, links, bias, batch=batch, positives=positives, scale=2.0)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_an_epoch_has_every_pair_once_with_its_book() -> None:
    from training.objectives.softmax_batches import Batches

    pairs = np.array([[0, 1], [0, 2], [1, 0], [3, 2], [3, 0], [3, 1]], np.int32)
    batches = Batches(pairs, np.array([2.0, 2.0, 2.0]), batch_size=2)
    order, bounds, rows, links, candidates = batches.draw(np.random.default_rng(3))
    assert sorted(order) == [0, 1, 3]  # book 2 has no pair
    assert candidates.shape == (batches.num_steps, 3) == (2, 3)
    seen = [
        (order[2 * step + row], link)
        for step in range(2)
        for row, link in zip(
            rows[bounds[step] : bounds[step + 1]],
            links[bounds[step] : bounds[step + 1]],
            strict=True,
        )
    ]
    assert sorted(seen) == [tuple(pair) for pair in sorted(pairs.tolist())]


def test_initialization_by_svd_places_similar_books_together() -> None:
    from training.objectives.spectral import initialize_by_svd

    # Books 0 to 9 have links 0 to 4, books 10 to 19 have links 5 to 9.
    pairs = np.array([(b, 5 * (b // 10) + link) for b in range(20) for link in range(5)], np.int32)
    books, links = initialize_by_svd(pairs, (20, 10), dim=8, rng=np.random.default_rng(0))
    assert books.shape == (20, 8)
    assert links.shape == (10, 8)
    cosines = books @ books.T
    assert cosines[:10, :10].min() > 0.9 > -0.9 > cosines[:10, 10:].max()


def test_the_default_is_much_better_than_the_article_s_objective() -> None:
    books = generate_books(0.02)
    pairs = books.pair_set(seed=0)
    softmax, regression = (
        train_and_evaluate(pairs, objective) for objective in ("softmax", "regression")
    )
    assert softmax["mrr"] > 1.5 * regression["mrr"]
    assert softmax["hits@20"] > 1.3 * regression["hits@20"]


def train_and_evaluate(pairs: PairSet, objective: str) -> dict[str, float]:
    config = Config.model_validate({"model": {"objective": objective}})
    config = config.with_epochs_for(len(pairs.train))
    hyperparameters = config.hyperparameters()
    learner = new_learner(objective, pairs, hyperparameters)
    for epoch in range(1, hyperparameters.num_epochs + 1):
        learner.train_epoch(epoch)
    learned: Learned = learner.learned()
    ranks = evaluation.held_out_ranks(
        learned.books, learned.links, learned.link_bias, held_out=pairs.held_out, known=pairs.train
    )
    return {
        "mrr": evaluation.mean_reciprocal_rank(ranks),
        "hits@20": evaluation.hits_at(ranks, 20),
    }
