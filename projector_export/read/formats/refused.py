"""Files that are recognized and refused, with the lines of Python that convert them.

A pickle can run any code, so only its owner should open it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from projector_export.errors import InputError
from projector_export.read.formats.base import FileFormat

PICKLE_PROTOCOLS = tuple(bytes((0x80, number)) for number in range(2, 6))
FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")
PICKLE_REASON = "is a pickle, which can run any code and is not opened here"
_CONVERSIONS = {  # the module of a pickle's class -> the two lines that convert it
    b"gensim.models.keyedvectors": (
        "from gensim.models import KeyedVectors",
        'KeyedVectors.load({path}).save_word2vec_format("vectors.bin", binary=True)',
    ),
    b"gensim.models": (
        "from gensim.utils import SaveLoad",
        'SaveLoad.load({path}).wv.save_word2vec_format("vectors.bin", binary=True)',
    ),
    b"pandas": ("import pandas", 'pandas.read_pickle({path}).to_parquet("table.parquet")'),
    b"torch": (
        "import torch",
        'torch.save(torch.load({path}, weights_only=True), "vectors.pt")',
    ),
    b"": ("import numpy", 'numpy.save("vectors.npy", numpy.load({path}, allow_pickle=True))'),
}


def _is_pickle(path: Path, head: bytes) -> bool:
    return head.startswith(PICKLE_PROTOCOLS) or path.suffix in {".pkl", ".pickle"}


def _is_fasttext(_path: Path, head: bytes) -> bool:
    return head.startswith(FASTTEXT_MAGIC)


def _refuse_pickle(path: Path, _array: str | None) -> NoReturn:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    # The class comes first, and then those of its parts; b"" is found only if nothing else is.
    found = [module for module in _CONVERSIONS if module and module in head]
    imports, convert = _CONVERSIONS[min(found, key=head.index, default=b"")]
    lines = f"{imports}\n{convert.format(path=repr(str(path)))}"
    raise InputError(
        f"{path} {PICKLE_REASON}", tip=f"if you trust it, convert it in Python:\n{lines}"
    )


def _refuse_fasttext(path: Path, _array: str | None) -> NoReturn:
    raise InputError(
        f"{path} is a fastText model; only its .vec file can be read",
        tip="use the .vec file next to it, or convert it in Python:\n"
        "from gensim.models.fasttext import load_facebook_vectors\n"
        f'load_facebook_vectors({str(path)!r}).save_word2vec_format("vectors.vec")',
    )


def _refusal(
    title: str,
    suffixes: tuple[str, ...],
    recognizes: Callable[[Path, bytes], bool],
    refuse: Callable[[Path, str | None], NoReturn],
) -> FileFormat:
    return FileFormat(title=title, suffixes=suffixes, recognizes=recognizes, read=refuse)


PICKLE = _refusal("pickle", (".pkl", ".pickle", ".kv", ".model"), _is_pickle, _refuse_pickle)
FASTTEXT = _refusal("fastText model", (), _is_fasttext, _refuse_fasttext)
