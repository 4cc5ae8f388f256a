"""Writes a table as an Apache Parquet file: one row group, one page a column, plain and uncompressed, any value may be null.

https://parquet.apache.org/docs/file-format/ and parquet.thrift of format 2.x, in Thrift's compact protocol. Enough for tables
of some hundred thousand rows; every reader of Parquet takes them.
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import groupby

MAGIC = b"PAR1"
BOOLEAN, INT64, DOUBLE, BYTE_ARRAY = 0, 2, 5, 6
OPTIONAL, UTF8, PLAIN, RLE, UNCOMPRESSED, DATA_PAGE = 1, 0, 0, 3, 0, 0
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12


def parquet(rows: Sequence[dict]) -> bytes:
    """`rows` with the same keys, as a file. A column is of bools, of ints, of numbers or of texts; None is null."""
    names = list(rows[0]) if rows else []
    body, chunks = bytearray(MAGIC), []
    for name in names:
        values = [row[name] for row in rows]
        kind = _kind(values)
        page = _page(kind, values)
        chunks.append((name, kind, len(body), len(page), len(values)))
        body += page
    footer = _footer(chunks, len(rows))
    return bytes(body + footer + struct.pack("<I", len(footer)) + MAGIC)


def _kind(values: Iterable) -> int:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} and kinds:
        return BOOLEAN
    if kinds <= {int} and kinds:
        return INT64
    return DOUBLE if kinds <= {int, float} else BYTE_ARRAY


def _page(kind: int, values: list) -> bytes:
    """A data page (version 1) with its header: which values are there, then those."""
    levels = b"".join(_varint(len(list(run)) << 1) + bytes([there]) for there, run in groupby(value is not None for value in values))
    data = struct.pack("<I", len(levels)) + levels + _plain(kind, [value for value in values if value is not None])
    page = _struct((1, I32, DATA_PAGE), (2, I32, len(data)), (3, I32, len(data)), (5, STRUCT, _struct(
        (1, I32, len(values)), (2, I32, PLAIN), (3, I32, RLE), (4, I32, RLE))))
    return page + data


def _plain(kind: int, values: list) -> bytes:
    if kind == BOOLEAN:
        return sum(value << place for place, value in enumerate(values)).to_bytes(-(-len(values) // 8), "little")
    if kind == INT64:
        return struct.pack(f"<{len(values)}q", *values)
    if kind == DOUBLE:
        return struct.pack(f"<{len(values)}d", *values)
    texts = [str(value).encode() for value in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def _footer(chunks: list[tuple], rows: int) -> bytes:
    root = _struct((4, BINARY, b"schema"), (5, I32, len(chunks)))
    columns = [_struct((1, I32, kind), (3, I32, OPTIONAL), (4, BINARY, name.encode()), *([(6, I32, UTF8)] if kind == BYTE_ARRAY else []))
               for name, kind, *_rest in chunks]
    size = sum(size for _name, _kind, _offset, size, _count in chunks)
    group = _struct((1, LIST, _list(STRUCT, [_chunk(*chunk) for chunk in chunks])), (2, I64, size), (3, I64, rows))
    return _struct((1, I32, 1), (2, LIST, _list(STRUCT, [root, *columns])), (3, I64, rows), (4, LIST, _list(STRUCT, [group])),
                   (6, BINARY, b"distviz"))


def _chunk(name: str, kind: int, offset: int, size: int, count: int) -> bytes:
    facts = _struct(
        (1, I32, kind), (2, LIST, _list(I32, [_zigzag(PLAIN), _zigzag(RLE)])), (3, LIST, _list(BINARY, [_sized(name.encode())])),
        (4, I32, UNCOMPRESSED), (5, I64, count), (6, I64, size), (7, I64, size), (9, I64, offset))
    return _struct((2, I64, offset), (3, STRUCT, facts))


# Thrift's compact protocol


def _struct(*fields: tuple[int, int, object]) -> bytes:
    """(id, type, value) of each field, rising by id; lists and structs are given as bytes."""
    made, last = bytearray(), 0
    for number, kind, value in fields:
        made.append((number - last) << 4 | kind)
        made += _zigzag(value) if kind in (I32, I64) else _sized(value) if kind == BINARY else value
        last = number
    return bytes(made) + b"\0"


def _list(kind: int, items: list[bytes]) -> bytes:
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _sized(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(made) + bytes([number])
