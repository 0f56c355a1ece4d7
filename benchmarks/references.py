"""Reference methods on the same pairs, to which our vectors are compared."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from training.data.pairs import PairSet
from training.objectives.base import Learned

DIM = 50


def popularity(pairs: PairSet, *, seed: int) -> Learned:
    """Rank links by the number of books that have them, the same for every book."""
    counts = np.bincount(pairs.train[:, 1], minlength=pairs.num_links).astype(np.float32)
    noise = np.random.default_rng(seed).normal(size=(pairs.num_books, DIM)).astype(np.float32)
    return Learned(noise, np.zeros((pairs.num_links, DIM), np.float32), counts)


def ppmi_svd(pairs: PairSet, *, seed: int) -> Learned:
    """Positive pointwise mutual information, truncated to its first singular vectors."""
    from scipy.sparse.linalg import svds

    known = _matrix(pairs, pairs.train)
    book, link = known.nonzero()
    expected = known.sum(1).A1[book] * known.sum(0).A1[link] / known.nnz
    information = sp.csr_matrix((np.maximum(-np.log(expected), 0), (book, link)), known.shape)
    left, values, right = svds(information, DIM, random_state=seed)
    return _learned(left * np.sqrt(values), right.T * np.sqrt(values))


def implicit_als(
    pairs: PairSet,
    *,
    seed: int,
    regularization: float = 0.05,
    alpha: float = 10.0,
    weights: str = "",
) -> Learned:
    """Alternating least squares from the package `implicit`.

    `weights="idf"` favors rare links, and also learns from those too rare for the vocabulary.
    """
    from implicit.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    known = _matrix(pairs, pairs.with_rare if weights == "idf" else pairs.train)
    if weights == "idf":
        num_books = np.maximum(known.sum(0).A1, 1)
        known = (known @ sp.diags(np.log(pairs.num_books / num_books))).tocsr()
        known.data /= known.data.mean()
    model = AlternatingLeastSquares(
        factors=DIM, regularization=regularization, alpha=alpha, random_state=seed, num_threads=2
    )
    with threadpool_limits(1, "blas"):
        model.fit(known.astype(np.float32), show_progress=False)
    return _learned(model.user_factors, model.item_factors[: pairs.num_links])


def ease(pairs: PairSet, *, seed: int, regularization: float = 20.0) -> Learned:
    """EASE: ridge regression of each link on all others, rare ones too, with no limit of numbers.

    It needs a number for each two links, so it is for small sets; there it shows what the links
    alone can tell. Books are their links, and links the columns of the regression.
    """
    del seed  # nothing is random
    known = _matrix(pairs, pairs.with_rare).toarray()
    inverse = np.linalg.inv(known.T @ known + regularization * np.eye(known.shape[1]))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return _learned(known, weights[:, : pairs.num_links].T)


def article(pairs: PairSet, *, seed: int, epochs: int = 15) -> Learned:
    """The article's recipe: Keras, fed by a Python generator, Adam over the whole tables."""
    import keras

    keras.utils.set_random_seed(seed)
    book, link = keras.Input([1]), keras.Input([1])
    book_table = keras.layers.Embedding(pairs.num_books, DIM)
    link_table = keras.layers.Embedding(pairs.num_links, DIM)
    cosine = keras.layers.Dot(normalize=True, axes=2)([book_table(book), link_table(link)])
    model = keras.Model([book, link], keras.layers.Reshape([1])(cosine))
    model.compile(optimizer="adam", loss="mse")
    steps = len(pairs.train) // 1024
    model.fit(_batches(pairs), epochs=epochs, steps_per_epoch=steps, verbose=0)
    return _learned(*(_unit(table.get_weights()[0]) for table in (book_table, link_table)))


def _batches(pairs: PairSet) -> Iterator[tuple[tuple[np.ndarray, np.ndarray], np.ndarray]]:
    """Yield 1,024 true pairs and twice as many false ones, pair by pair in Python."""
    positives = [tuple(pair) for pair in pairs.train.tolist()]
    known = set(positives)
    batch = np.zeros((1024 * 3, 3), np.float32)
    while True:
        for row, (book, link) in enumerate(random.sample(positives, 1024)):
            batch[row] = book, link, 1
        row = 1024
        while row < len(batch):
            pair = (random.randrange(pairs.num_books), random.randrange(pairs.num_links))
            if pair not in known:
                batch[row] = *pair, -1
                row += 1
        np.random.shuffle(batch)
        yield (batch[:, :1], batch[:, 1:2]), batch[:, 2]


def _matrix(pairs: PairSet, known: np.ndarray) -> sp.csr_matrix:
    """Put a 1 at each of the `known` pairs."""
    shape = (pairs.num_books, max(pairs.num_links, int(known[:, 1].max()) + 1))
    return sp.csr_matrix((np.ones(len(known)), (known[:, 0], known[:, 1])), shape)


def _learned(books: np.ndarray, links: np.ndarray) -> Learned:
    return Learned(books.astype(np.float32), links.astype(np.float32), None)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
