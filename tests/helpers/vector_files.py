"""The same vectors and words in the formats of many tools, each written by the tool."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

NUM_ROWS, DIM = 24, 8
VECTORS = np.random.default_rng(0).normal(size=(NUM_ROWS, DIM)).astype(np.float32)
WORDS = [f"wörd_{row}" for row in range(NUM_ROWS)]
TABLE = pd.DataFrame(
    {
        "word": WORDS,
        "topic": [f"topic {row % 3}" for row in range(NUM_ROWS)],
        "year": range(1990, 1990 + NUM_ROWS),
    }
)
NAMED_COLUMNS = pd.DataFrame(VECTORS, columns=[f"dim_{column}" for column in range(DIM)])
LISTS = pd.Series(list(VECTORS.astype(float).tolist()), name="embedding")

Written = Callable[[Path], Path]
WRITERS: dict[str, Written] = {}  # a file's title -> writes it into a folder, returns its path
HAS_METADATA: set[str] = set()  # with all of TABLE
LABELS: dict[str, list[str]] = {}
DEFAULT_LABELS = [f"row {row}" for row in range(NUM_ROWS)]
IDS = [100 + 7 * row for row in range(NUM_ROWS)]


def written(
    title: str, *, metadata: bool = False, labels: Sequence[str] | None = None
) -> Callable[[Written], Written]:
    """List a writer; with `metadata` the file has TABLE, else only labels or none."""

    def add(write: Written) -> Written:
        WRITERS[title] = write
        HAS_METADATA.update({title} if metadata else ())
        LABELS[title] = list(labels or (WORDS if metadata else DEFAULT_LABELS))
        return write

    return add


@written(".npy")
def npy(folder: Path) -> Path:
    np.save(folder / "v.npy", VECTORS)
    return folder / "v.npy"


@written(".npz", metadata=True)
def npz(folder: Path) -> Path:
    columns = {str(name): TABLE[name].to_numpy() for name in TABLE}
    columns |= {name: columns[name].astype(str) for name in ("word", "topic")}
    np.savez(folder / "v.npz", vectors=VECTORS, **columns)
    return folder / "v.npz"


@written("numpy.savetxt")
def savetxt(folder: Path) -> Path:
    np.savetxt(folder / "v.txt", VECTORS)
    return folder / "v.txt"


@written("CSV of numbered columns", metadata=True)
def csv_of_columns(folder: Path) -> Path:
    pd.concat([TABLE, NAMED_COLUMNS], axis=1).to_csv(folder / "v.csv", index=False)
    return folder / "v.csv"


@written("CSV with pandas' index", metadata=True)
def csv_with_index(folder: Path) -> Path:
    pd.concat([TABLE, NAMED_COLUMNS], axis=1).to_csv(folder / "v.csv")
    return folder / "v.csv"


@written("CSV of lists", metadata=True)
def csv_of_lists(folder: Path) -> Path:
    pd.concat([TABLE, LISTS], axis=1).to_csv(folder / "v.csv", index=False)
    return folder / "v.csv"


@written("CSV of arrays", metadata=True)
def csv_of_arrays(folder: Path) -> Path:
    TABLE.assign(embedding=list(VECTORS)).to_csv(folder / "v.csv", index=False)
    return folder / "v.csv"


@written("TSV without a header", labels=WORDS)
def labeled_tsv(folder: Path) -> Path:
    table = pd.concat([TABLE["word"], NAMED_COLUMNS], axis=1)
    table.to_csv(folder / "v.tsv", sep="\t", header=False, index=False)
    return folder / "v.tsv"


@written("Parquet of lists", metadata=True)
def parquet_of_lists(folder: Path) -> Path:
    TABLE.assign(embedding=list(VECTORS)).to_parquet(folder / "v.parquet")
    return folder / "v.parquet"


@written("Parquet of columns", metadata=True)
def parquet_of_columns(folder: Path) -> Path:
    pd.concat([TABLE, NAMED_COLUMNS], axis=1).to_parquet(folder / "v.parquet")
    return folder / "v.parquet"


@written("Parquet of polars", metadata=True)
def parquet_of_polars(folder: Path) -> Path:
    import polars as pl

    columns = {str(name): TABLE[name].tolist() for name in TABLE}
    table = pl.DataFrame({**columns, "embedding": VECTORS})
    table.write_parquet(folder / "v.parquet")
    return folder / "v.parquet"


@written("Feather", metadata=True)
def feather(folder: Path) -> Path:
    TABLE.assign(embedding=list(VECTORS)).to_feather(folder / "v.feather")
    return folder / "v.feather"


@written("Arrow stream", metadata=True)
def arrow_stream(folder: Path) -> Path:
    import pyarrow as pa

    table = pa.Table.from_pandas(TABLE.assign(embedding=list(VECTORS)))
    with (
        pa.OSFile(str(folder / "v.arrow"), "wb") as file,
        pa.ipc.new_stream(file, table.schema) as out,
    ):
        out.write_table(table)
    return folder / "v.arrow"


@written("JSON lines", metadata=True)
def json_lines(folder: Path) -> Path:
    table = pd.concat([TABLE, LISTS], axis=1)
    lines = (json.dumps(row, ensure_ascii=False) for row in table.to_dict("records"))
    (folder / "v.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "v.jsonl"


@written("JSON", metadata=True)
def json_document(folder: Path) -> Path:
    table = pd.concat([TABLE, LISTS], axis=1)
    table.to_json(folder / "v.json", orient="records", double_precision=15)
    return folder / "v.json"


@written("JSON, words with their vectors", labels=WORDS)
def json_of_words(folder: Path) -> Path:
    rows = dict(zip(WORDS, VECTORS.tolist(), strict=True))
    (folder / "v.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return folder / "v.json"


@written("JSON, a list of vectors")
def json_of_vectors(folder: Path) -> Path:
    (folder / "v.json").write_text(json.dumps(VECTORS.tolist()), encoding="utf-8")
    return folder / "v.json"


def keyed_vectors():
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(DIM)
    vectors.add_vectors(WORDS, VECTORS)
    return vectors


@written("word2vec, text", labels=WORDS)
def word2vec_text(folder: Path) -> Path:
    keyed_vectors().save_word2vec_format(folder / "v.vec")
    return folder / "v.vec"


@written("word2vec, binary", labels=WORDS)
def word2vec_binary(folder: Path) -> Path:
    keyed_vectors().save_word2vec_format(folder / "v.bin", binary=True)
    return folder / "v.bin"


@written("GloVe", labels=WORDS)
def glove(folder: Path) -> Path:
    keyed_vectors().save_word2vec_format(folder / "v.txt", write_header=False)
    return folder / "v.txt"


def keras_model():
    import keras

    keras.utils.set_random_seed(1)  # training in other tests allows no unseeded operation
    words = keras.layers.Embedding(NUM_ROWS, DIM, name="word_embedding")
    inputs = keras.Input((1,))
    output = keras.layers.Dense(1, name="score")(keras.layers.Flatten()(words(inputs)))
    model = keras.Model(inputs, output)
    words.set_weights([VECTORS])
    model.compile("adam", "mse")
    return model


@written("Keras model")
def keras_file(folder: Path) -> Path:
    keras_model().save(folder / "v.keras")
    return folder / "v.keras"


@written("Keras weights")
def keras_weights(folder: Path) -> Path:
    keras_model().save_weights(folder / "v.weights.h5")
    return folder / "v.weights.h5"


@written("SavedModel")
def saved_model(folder: Path) -> Path:
    keras_model().export(folder / "saved", verbose=False)
    return folder / "saved"


def checkpoint(folder: Path) -> str:
    import tensorflow as tf

    rows, other = tf.Variable(VECTORS, name="words"), tf.Variable(1.0, name="step")
    return str(tf.train.Checkpoint(words=rows, step=other).save(str(folder / "v")))


@written("TensorFlow checkpoint's folder")
def checkpoint_folder(folder: Path) -> Path:
    checkpoint(folder)
    return folder


@written("TensorFlow checkpoint's prefix")
def checkpoint_prefix(folder: Path) -> Path:
    return Path(checkpoint(folder))


@written("TensorFlow checkpoint's index")
def checkpoint_index(folder: Path) -> Path:
    return Path(checkpoint(folder) + ".index")


@written("TensorFlow checkpoint's numbers")
def checkpoint_numbers(folder: Path) -> Path:
    return Path(checkpoint(folder) + ".data-00000-of-00001")


@written("TensorFlow checkpoint of a compiled model")
def checkpoint_of_model(folder: Path) -> Path:
    """Keras 3 lists the variables of a compiled model below its optimizer."""
    import keras
    import tensorflow as tf

    words = keras.layers.Embedding(NUM_ROWS, DIM, name="words")
    model = keras.Sequential([keras.Input((2,)), words, keras.layers.Flatten()])
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((2, 2)), np.zeros((2, 2 * DIM)))
    words.set_weights([VECTORS])
    return Path(tf.train.Checkpoint(model=model).write(str(folder / "v")))


@written("safetensors")
def safetensors(folder: Path) -> Path:
    from safetensors.numpy import save_file

    save_file({"words": VECTORS, "bias": np.zeros(3, np.float32)}, folder / "v.safetensors")
    return folder / "v.safetensors"


@written("AnnData", metadata=True)
def anndata(folder: Path) -> Path:
    from anndata import AnnData

    # The last anndata that goes with pandas 3 cannot write its own kind of text, only Python's.
    with pd.option_context("future.infer_string", False):
        table = TABLE.astype({"word": object, "topic": object}).set_index("word")
        table["topic"] = pd.Categorical(table["topic"])
        obsm = {"X_pca": VECTORS, "X_umap": VECTORS[:, :2]}
        rows = AnnData(np.ones((NUM_ROWS, 3), np.float32), obs=table, obsm=obsm)
        rows.write_h5ad(folder / "v.h5ad")
    return folder / "v.h5ad"


@written("tensorboardX's logdir", metadata=True)
def tensorboardx(folder: Path) -> Path:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        rows = TABLE.astype(str).to_numpy().tolist()
        writer.add_embedding(VECTORS, rows, metadata_header=list(TABLE), tag="words")
    return folder


@written("pair of TSV files, by its config", metadata=True)
def tsv_pair(folder: Path) -> Path:
    np.savetxt(folder / "v.tsv", VECTORS, delimiter="\t")
    TABLE.to_csv(folder / "m.tsv", sep="\t", index=False)
    entry = {"tensorName": "words", "tensorShape": VECTORS.shape}
    config = {"embeddings": [{**entry, "tensorPath": "v.tsv", "metadataPath": "m.tsv"}]}
    (folder / "projector_config.json").write_text(json.dumps(config))
    return folder


@written("FAISS index with ids", labels=list(map(str, IDS)))
def faiss_with_ids(folder: Path) -> Path:
    import faiss

    index = faiss.IndexIDMap(faiss.IndexFlatIP(DIM))
    index.add_with_ids(VECTORS, np.array(IDS))
    faiss.write_index(index, str(folder / "v.faiss"))
    return folder / "v.faiss"


@written("FAISS index of lists, with ids", labels=list(map(str, IDS)))
def faiss_of_lists(folder: Path) -> Path:
    import faiss

    index = faiss.index_factory(DIM, "IVF2,Flat")
    index.train(VECTORS)
    index.add_with_ids(VECTORS, np.array(IDS))
    faiss.write_index(index, str(folder / "words.index"))
    return folder / "words.index"


@written("FAISS index, HNSW", labels=list(map(str, range(NUM_ROWS))))
def faiss_graph(folder: Path) -> Path:
    import faiss

    index = faiss.index_factory(DIM, "HNSW8,Flat")
    index.add(VECTORS)
    faiss.write_index(index, str(folder / "v"))
    return folder / "v"


@written("LanceDB folder", metadata=True)
def lancedb(folder: Path) -> Path:
    from lancedb import connect

    rows = TABLE.assign(vector=list(VECTORS)).to_dict("records")
    connect(folder / "lance").create_table("words", rows)
    return folder / "lance"


@written("LanceDB table", metadata=True)
def lancedb_table(folder: Path) -> Path:
    return lancedb(folder) / "words.lance"


def fill_qdrant(client: QdrantClient) -> None:
    """Make a collection of points, and one whose points have two vectors each."""
    from qdrant_client.models import Distance, PointStruct, VectorParams

    rows = list(zip(IDS, VECTORS.tolist(), TABLE.to_dict("records"), strict=True))
    by_dot = VectorParams(size=DIM, distance=Distance.DOT)
    client.create_collection("words", vectors_config=by_dot)
    client.upsert("words", [PointStruct(id=i, vector=v, payload=row) for i, v, row in rows])
    two = {"whole": by_dot, "half": VectorParams(size=DIM // 2, distance=Distance.DOT)}
    client.create_collection("pairs", vectors_config=two)
    points = [
        PointStruct(id=i, vector={"whole": v, "half": v[: DIM // 2]}, payload=row)
        for i, v, row in rows
    ]
    client.upsert("pairs", points)


def qdrant(folder: Path) -> Path:
    from qdrant_client import QdrantClient

    client = QdrantClient(path=str(folder / "qdrant"))
    fill_qdrant(client)
    client.close()
    return folder / "qdrant"


def chroma(folder: Path) -> Path:
    import chromadb

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder / "chroma"), settings=settings)
    words = client.create_collection("words", embedding_function=None)
    rows = TABLE[["topic", "year"]].to_dict("records")
    words.add([str(i) for i in IDS], embeddings=VECTORS, documents=WORDS, metadatas=rows)
    return folder / "chroma"
