"""A dump's bytes, in parts that are read side by side.

A part is a range of the file as it lies on the disk. Plain XML can be cut anywhere; a .bz2 file
only where one of its streams begins, of which Wikimedia's "multistream" dumps have one for every
hundred pages; a .gz file, and a .bz2 file of one stream, nowhere.
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

# A stream's header and its first block's magic number, whole bytes at a stream's start; the chance
# to meet these ten bytes within packed data is 1 in 2**77 for each byte.
_BZ2_STREAM = re.compile(rb"BZh[1-9]1AY&SY")
_BZ2_MAGIC_BYTES = 10
_TEMPLATE_NAMESPACE = re.compile(rb'<namespace key="10"[^>]*>([^<]+)<')
_EMPTY_BZ2_STREAM = re.compile(rb"BZh[1-9]\x17rE8P\x90")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` to before `end` of a file; pages that begin there are its own."""

    dump: Path
    packing: str  # plain, bz2 or gz
    start: int
    end: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Unpacked bytes; `is_own` as long as they come from the part's own range."""

    data: bytes
    is_own: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where the dump could not be read; what follows does not join what came before."""

    place: str


def parts_of(dump: Path, *, part_bytes: int) -> list[Part]:
    """Cut a dump into parts of about `part_bytes`, in the order of its bytes.

    Raises:
        InputError: the file is no MediaWiki XML dump, seen from its first bytes.
    """
    packing = packing_of(dump)
    size = dump.stat().st_size
    with dump.open("rb") as file:
        starts = [0, *_cuts(file, packing, size, part_bytes)]
    ends = [*starts[1:], size]
    return [
        Part(dump, packing, start, end, is_last=end == size)
        for start, end in zip(starts, ends, strict=True)
    ]


def packing_of(dump: Path) -> str:
    """Tell `plain`, `bz2` or `gz` from a dump's first bytes, whatever the file is called.

    Raises:
        InputError: the file is missing or is no MediaWiki XML dump.
    """
    with existing_file(dump, "a Wikipedia dump (.xml, .xml.bz2 or .xml.gz)").open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"7z\xbc\xaf"):
        raise InputError(f"{dump} is packed as 7z", tip="unpack it with 7z, or fetch the .bz2 file")
    packing = {b"BZ": "bz2", b"\x1f\x8b": "gz"}.get(magic[:2], "plain")
    head = _head(dump, packing)
    if not head:
        raise InputError(f"{dump} holds nothing that can be read", tip="fetch it again")
    if b"<mediawiki" not in head:
        raise InputError(
            f"{dump} is no MediaWiki dump: it does not begin with <mediawiki>",
            tip="expected a file such as enwiki-latest-pages-articles-multistream.xml.bz2",
        )
    return packing


def template_namespace(dump: Path) -> str:
    """Return what a dump's wiki calls the namespace of templates: "Template", "Vorlage"."""
    found = _TEMPLATE_NAMESPACE.search(_head(dump, packing_of(dump)))
    return found[1].decode("utf-8", errors="replace") if found else "Template"


def chunks_of(part: Part, *, on_position: Callable[[int], None]) -> Iterator[Chunk | Damage]:
    """Give a part's unpacked bytes, then those after it until the caller has enough.

    Args:
        part: what to read.
        on_position: told after each read at which byte of the file the reading stands.
    """
    reader = {"plain": _plain_chunks, "bz2": _bz2_chunks, "gz": _gz_chunks}[part.packing]
    with part.dump.open("rb") as file:
        for chunk in reader(file, part):
            on_position(min(file.tell(), part.end))
            yield chunk


def _head(dump: Path, packing: str) -> bytes:
    opened: dict[str, Callable[[], BinaryIO | bz2.BZ2File | gzip.GzipFile]] = {
        "plain": lambda: dump.open("rb"),
        "bz2": lambda: bz2.BZ2File(dump),
        "gz": lambda: gzip.GzipFile(dump),
    }
    try:
        with opened[packing]() as file:
            return file.read(HEAD_BYTES)
    except EOFError:
        return _head_of_a_short_file(dump, packing)
    except (OSError, zlib.error) as error:
        raise InputError(f"{dump} cannot be unpacked: {error}") from error


def _head_of_a_short_file(dump: Path, packing: str) -> bytes:
    """Unpack what there is of a file that breaks off within its head."""
    packed = dump.read_bytes()
    if packing == "bz2":
        return bz2.BZ2Decompressor().decompress(packed)
    return zlib.decompressobj(wbits=31).decompress(packed)


def _cuts(file: BinaryIO, packing: str, size: int, part_bytes: int) -> Iterator[int]:
    if packing == "plain":
        yield from range(part_bytes, size, part_bytes)
    elif packing == "bz2":
        cut = _next_bz2_stream(file, part_bytes)
        while cut is not None:
            yield cut
            cut = _next_bz2_stream(file, cut + part_bytes)


def _next_bz2_stream(file: BinaryIO, position: int) -> int | None:
    file.seek(position)
    window = b""
    while block := file.read(CHUNK_BYTES):
        window = window[-_BZ2_MAGIC_BYTES + 1 :] + block
        if found := _BZ2_STREAM.search(window):
            return file.tell() - len(window) + found.start()
    return None


def _plain_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk]:
    file.seek(part.start)
    while (left := part.end - file.tell()) > 0:
        if not (data := file.read(min(CHUNK_BYTES, left))):
            return
        yield Chunk(data, is_own=True)
    while data := file.read(READ_BYTES):
        yield Chunk(data, is_own=False)


def _gz_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk | Damage]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        try:
            while data := unpacked.read1(CHUNK_BYTES):
                yield Chunk(data, is_own=True)
        except (EOFError, OSError, zlib.error) as error:
            yield Damage(_broken_off(part, file.tell(), error))


def _bz2_chunks(file: BinaryIO, part: Part) -> Iterator[Chunk | Damage]:
    following: int | None = part.start
    while following is not None:
        start = following
        is_own = start < part.end
        file.seek(start)
        try:
            for data in _bz2_stream(file):
                yield Chunk(data, is_own)
            following = _where_the_next_stream_begins(file)
        except (EOFError, OSError) as error:
            if not is_own:
                return  # the part that it belongs to tells of it
            yield _bz2_damage(part, start, file.tell(), error)
            following = _next_own_bz2_stream(file, start + _BZ2_MAGIC_BYTES, part)


def _bz2_damage(part: Part, start: int, position: int, error: Exception) -> Damage:
    if isinstance(error, EOFError):
        return Damage(_broken_off(part, position, error))
    return Damage(f"{part.dump} is damaged in the bz2 stream at byte {start:,}")


def _next_own_bz2_stream(file: BinaryIO, position: int, part: Part) -> int | None:
    following = _next_bz2_stream(file, position)
    return following if following is not None and following < part.end else None


def _bz2_stream(file: BinaryIO) -> Iterator[bytes]:
    """Unpack the stream that begins here, and leave the file where it ends."""
    decompressor = bz2.BZ2Decompressor()
    while not decompressor.eof:
        packed = file.read(READ_BYTES) if decompressor.needs_input else b""
        if decompressor.needs_input and not packed:
            raise EOFError("no end of stream")
        if data := decompressor.decompress(packed, CHUNK_BYTES):
            yield data
    file.seek(-len(decompressor.unused_data), 1)


def _where_the_next_stream_begins(file: BinaryIO) -> int | None:
    position = file.tell()
    following = file.read(_BZ2_MAGIC_BYTES)
    if not following:
        return None
    if not (_BZ2_STREAM.match(following) or _EMPTY_BZ2_STREAM.match(following)):
        raise OSError("no bz2 stream where one should begin")
    return position


def _broken_off(part: Part, position: int, error: Exception) -> str:
    return f"{part.dump} breaks off at byte {position:,} ({error})"
