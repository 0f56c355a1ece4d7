"""A dump's bytes, in parts that are read in parallel.

A part is a range of bytes of the file on disk. Plain XML can be split anywhere; a .bz2 file only
where one of its streams begins, and Wikimedia's "multistream" dumps have one for every hundred
pages; a .gz file, or a .bz2 file of one stream, cannot be split.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from projector_export.errors import InputError
from projector_export.files import existing_file

CHUNK_BYTES = 1 << 20
READ_BYTES = 1 << 18
HEAD_BYTES = 1 << 16  # the siteinfo of the largest wikis fits in a quarter of this

# A stream's header and the magic number of its first block, both aligned to bytes. The probability
# that compressed data contains them by chance is 1 in 2**77 for each byte.
_BZ2_STREAM = re.compile(rb"BZh[1-9]1AY&SY")
_BZ2_MAGIC_BYTES = 10
_TEMPLATE_NAMESPACE = re.compile(rb'<namespace key="10"[^>]*>([^<]+)<')
_EMPTY_BZ2_STREAM = re.compile(rb"BZh[1-9]\x17rE8P\x90")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` to before `end` of a file; it owns the pages that begin there."""

    dump: Path
    compression: str  # plain, bz2 or gz
    start: int
    end: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Decompressed bytes; `is_own` while they come from the part's own range."""

    data: bytes
    is_own: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where the dump could not be read; the data after it does not continue that before."""

    place: str


def split_into_parts(dump: Path, *, part_bytes: int) -> list[Part]:
    """Split a dump into parts of about `part_bytes`, in the order of its bytes.

    Raises:
        InputError: the first bytes are not those of a MediaWiki XML dump.
    """
    compression = detect_compression(dump)
    size = dump.stat().st_size
    with dump.open("rb") as file:
        starts = [0, *_find_cuts(file, compression, size, part_bytes)]
    ends = [*starts[1:], size]
    return [
        Part(dump, compression, start, end, is_last=end == size)
        for start, end in zip(starts, ends, strict=True)
    ]


def detect_compression(dump: Path) -> str:
    """Detect `plain`, `bz2` or `gz` by a dump's first bytes, whatever the file's name.

    Raises:
        InputError: the file does not exist or is not a MediaWiki XML dump.
    """
    with existing_file(dump, "a Wikipedia dump (.xml, .xml.bz2 or .xml.gz)").open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"7z\xbc\xaf"):
        raise InputError(
            f"{dump} is a 7z archive", tip="extract it with 7z, or download the .bz2 file"
        )
    compression = {b"BZ": "bz2", b"\x1f\x8b": "gz"}.get(magic[:2], "plain")
    head = _read_head(dump, compression)
    if not head:
        raise InputError(f"{dump} has no readable content", tip="download it again")
    if b"<mediawiki" not in head:
        raise InputError(
            f"{dump} is not a MediaWiki dump: it does not begin with <mediawiki>",
            tip="expected a file such as enwiki-latest-pages-articles-multistream.xml.bz2",
        )
    return compression


def read_template_namespace(dump: Path) -> str:
    """Return what a dump's wiki calls the namespace of templates: "Template", "Vorlage"."""
    match = _TEMPLATE_NAMESPACE.search(_read_head(dump, detect_compression(dump)))
    return match[1].decode("utf-8", errors="replace") if match else "Template"


def read_chunks(part: Part, *, on_position: Callable[[int], None]) -> Iterator[Chunk | Damage]:
    """Yield a part's decompressed bytes, then those after it until the caller has enough.

    Args:
        part: what to read.
        on_position: called after each read with the position in the file, at most the part's end.
    """
    readers = {"plain": _read_plain_chunks, "bz2": _read_bz2_chunks, "gz": _read_gz_chunks}
    with part.dump.open("rb") as file:
        for chunk in readers[part.compression](file, part):
            on_position(min(file.tell(), part.end))
            yield chunk


def _read_head(dump: Path, compression: str) -> bytes:
    openers: dict[str, Callable[[], BinaryIO | bz2.BZ2File | gzip.GzipFile]] = {
        "plain": lambda: dump.open("rb"),
        "bz2": lambda: bz2.BZ2File(dump),
        "gz": lambda: gzip.GzipFile(dump),
    }
    try:
        with openers[compression]() as file:
            return file.read(HEAD_BYTES)
    except EOFError:
        return _read_truncated_head(dump, compression)
    except (OSError, zlib.error) as error:
        raise InputError(f"{dump} cannot be decompressed: {error}") from error


def _read_truncated_head(dump: Path, compression: str) -> bytes:
    """Decompress what exists of a file that ends within its head."""
    content = dump.read_bytes()
    if compression == "bz2":
        return bz2.BZ2Decompressor().decompress(content)
    return zlib.decompressobj(wbits=31).decompress(content)


def _find_cuts(file: BinaryIO, compression: str, size: int, part_bytes: int) -> Iterator[int]:
    if compression == "plain":
        yield from range(part_bytes, size, part_bytes)
    elif compression == "bz2":
        cut = _find_bz2_stream(file, part_bytes)
        while cut is not None:
            yield cut
            cut = _find_bz2_stream(file, cut + part_bytes)


def _find_bz2_stream(file: BinaryIO, position: int) -> int | None:
    file.seek(position)
    window = b""
    while block := file.read(CHUNK_BYTES):
        window = window[-_BZ2_MAGIC_BYTES + 1 :] + block
        if match := _BZ2_STREAM.search(window):
            return file.tell() - len(window) + match.start()
    return None


def _read_plain_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk]:
    file.seek(part.start)
    while (left := part.end - file.tell()) > 0:
        if not (data := file.read(min(CHUNK_BYTES, left))):
            return
        yield Chunk(data, is_own=True)
    while data := file.read(READ_BYTES):
        yield Chunk(data, is_own=False)


def _read_gz_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk | Damage]:
    with gzip.GzipFile(fileobj=file) as decompressed:
        try:
            while data := decompressed.read1(CHUNK_BYTES):
                yield Chunk(data, is_own=True)
        except (EOFError, OSError, zlib.error) as error:
            yield Damage(_describe_truncation(part, file.tell(), error))


def _read_bz2_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk | Damage]:
    following: int | None = part.start
    while following is not None:
        start = following
        is_own = start < part.end
        file.seek(start)
        try:
            for data in _read_bz2_stream(file):
                yield Chunk(data, is_own)
            following = _find_next_start(file)
        except (EOFError, OSError) as error:
            if not is_own:
                return  # the part that owns it reports it
            yield _describe_bz2_damage(part, start, file.tell(), error)
            following = _find_own_bz2_stream(file, start + _BZ2_MAGIC_BYTES, part)


def _describe_bz2_damage(part: Part, start: int, position: int, error: Exception) -> Damage:
    if isinstance(error, EOFError):
        return Damage(_describe_truncation(part, position, error))
    return Damage(f"{part.dump} is damaged in the bz2 stream at byte {start:,}")


def _find_own_bz2_stream(file: BinaryIO, position: int, part: Part) -> int | None:
    following = _find_bz2_stream(file, position)
    return following if following is not None and following < part.end else None


def _read_bz2_stream(file: BinaryIO) -> Iterator[bytes]:
    """Decompress the stream that begins here, and leave the file at the end of it."""
    decompressor = bz2.BZ2Decompressor()
    while not decompressor.eof:
        compressed = file.read(READ_BYTES) if decompressor.needs_input else b""
        if decompressor.needs_input and not compressed:
            raise EOFError("the bz2 stream does not end")
        if data := decompressor.decompress(compressed, CHUNK_BYTES):
            yield data
    file.seek(-len(decompressor.unused_data), 1)


def _find_next_start(file: BinaryIO) -> int | None:
    position = file.tell()
    following = file.read(_BZ2_MAGIC_BYTES)
    if not following:
        return None
    if not (_BZ2_STREAM.match(following) or _EMPTY_BZ2_STREAM.match(following)):
        raise OSError("expected the start of a bz2 stream")
    return position


def _describe_truncation(part: Part, position: int, error: Exception) -> str:
    return f"{part.dump} is truncated at byte {position:,} ({error})"
