"""Sorted tables of keys and values, LevelDB's format of files, as far as checkpoints use it.

A block is a row of entries (how many bytes the key shares with the last one's, how many more it
has, how many the value has, then both), the offsets of each 16th entry, which is written in full,
and their number. After a block come its compression and its checksum. Blocks of entries are
followed by an empty block of metadata, a block of their places, and the places of these two.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from itertools import takewhile

from projector_export.checkpoints.messages import crc32c, masked

MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES, TRAILER_BYTES = 48, 5
RESTART_INTERVAL = 16
UNCOMPRESSED = b"\0"
Place = tuple[int, int]  # offset and size of a block, in bytes


def sorted_table(entries: Mapping[bytes, bytes]) -> bytes:
    """Return the bytes of a table with one block of entries."""
    content = bytearray()
    entries_place = _append_block(content, dict(sorted(entries.items())))
    metadata_place = _append_block(content, {})
    index = {_successor(max(entries)): _varints(*entries_place)}
    index_place = _append_block(content, index)
    places = _varints(*metadata_place, *index_place)
    footer = places.ljust(FOOTER_BYTES - 8, b"\0") + struct.pack("<Q", MAGIC)
    return bytes(content) + footer


def _append_block(content: bytearray, entries: Mapping[bytes, bytes]) -> Place:
    start = len(content)
    block = _block(entries) + UNCOMPRESSED
    content += block + struct.pack("<I", masked(crc32c(block)))
    return start, len(block) - 1


def _block(entries: Mapping[bytes, bytes]) -> bytes:
    block, restarts, last = bytearray(), [0], b""
    for number, (key, value) in enumerate(entries.items()):
        if number and number % RESTART_INTERVAL == 0:
            restarts.append(len(block))
            last = b""
        shared = _shared_length(last, key)
        block += _varints(shared, len(key) - shared, len(value)) + key[shared:] + value
        last = key
    return bytes(block) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def _shared_length(first: bytes, second: bytes) -> int:
    """Return how many bytes both begin with."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    )


def _successor(key: bytes) -> bytes:
    """Return the shortest key that is greater; readers look for the first block that ends later."""
    for index, byte in enumerate(key):
        if byte != 0xFF:
            return key[:index] + bytes([byte + 1])
    return key


def _varints(*numbers: int) -> bytes:
    """Write numbers with 7 bits per byte, the lowest first; a number's last byte has no top bit."""
    content = bytearray()
    for number in numbers:
        while number >= 0x80:
            content.append(number & 0x7F | 0x80)
            number >>= 7  # noqa: PLW2901
        content.append(number)
    return bytes(content)


def read_sorted_table(content: bytes) -> dict[bytes, bytes]:
    """Read the entries of a table.

    Raises:
        ValueError: it is damaged or compressed.
        IndexError: it is damaged.
    """
    footer = content[-FOOTER_BYTES:]
    if len(footer) < FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError("it is not a sorted table")
    places, _ = read_varints(footer, 0, count=4)
    return {
        key: value
        for _, place in _read_block(content, places[2], places[3])
        for key, value in _read_block(content, *read_varints(place, 0, count=2)[0])
    }


def _read_block(content: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    end = offset + size
    block, trailer = content[offset : end + 1], content[end + 1 : end + TRAILER_BYTES]
    if len(trailer) < TRAILER_BYTES - 1 or trailer != struct.pack("<I", masked(crc32c(block))):
        raise ValueError("the checksum of a block is wrong")
    if block[-1:] != UNCOMPRESSED:
        raise ValueError("it is compressed")
    num_restarts = struct.unpack("<I", block[-5:-1])[0]
    end, position, key = size - 4 - 4 * num_restarts, 0, b""
    while position < end:
        (shared, added, value_size), position = read_varints(block, position, count=3)
        key = key[:shared] + block[position : position + added]
        position += added
        yield key, block[position : position + value_size]
        position += value_size


def read_varints(content: bytes, position: int, *, count: int) -> tuple[list[int], int]:
    """Read `count` numbers from `position` on; return them and the position after them.

    Raises:
        IndexError: the content ends before.
    """
    numbers = []
    for _ in range(count):
        number, shift = 0, 0
        while (byte := content[position]) >= 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
            position += 1
        numbers.append(number | byte << shift)
        position += 1
    return numbers, position
