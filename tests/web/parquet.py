"""A reader of Parquet, written from the format's own description."""

import struct


def columns_of(data: bytes) -> dict[str, list]:
    """{name: values} of a file of one row group with plain, uncompressed, optional columns."""
    assert data[:4] == data[-4:] == b"PAR1"
    length = struct.unpack("<I", data[-8:-4])[0]
    footer = Thrift(data, len(data) - 8 - length).struct()
    groups = footer[4]
    assert footer[2][0][4] == b"schema" and footer[2][0].get(5, 0) == len(footer[2]) - 1
    return {chunk[3][3][0].decode(): _column(data, chunk[3]) for chunk in groups[0][1]}


def _column(data: bytes, facts: dict) -> list:
    head = Thrift(data, facts[9])
    page = head.struct()
    start, count = head.at, page[5][1]
    size = struct.unpack_from("<I", data, start)[0]
    levels, there = Thrift(data, start + 4), []
    while levels.at < start + 4 + size:
        run = levels.varint()
        assert not run & 1, "runs only"
        there += [data[levels.at]] * (run >> 1)
        levels.at += 1
    assert len(there) == count and levels.at == start + 4 + size
    values = iter(_plain(data, levels.at, facts[1], sum(there)))
    return [next(values) if one else None for one in there]


def _plain(data: bytes, at: int, kind: int, count: int) -> list:
    if kind == 0:
        return [bool(data[at + place // 8] >> place % 8 & 1) for place in range(count)]
    if kind in (2, 5):
        return list(struct.unpack_from(f"<{count}{'q' if kind == 2 else 'd'}", data, at))
    found = []
    for _value in range(count):
        size = struct.unpack_from("<I", data, at)[0]
        found.append(data[at + 4: at + 4 + size].decode())
        at += 4 + size
    return found


class Thrift:
    """Thrift's compact protocol, read."""

    def __init__(self, data: bytes, at: int):
        self.data, self.at = data, at

    def varint(self) -> int:
        """An unsigned number."""
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def value(self, kind: int):
        """A value of a kind: a number, bytes, a list or a struct."""
        if kind in (5, 6):
            number = self.varint()
            return number >> 1 ^ -(number & 1)
        if kind == 8:
            size = self.varint()
            self.at += size
            return self.data[self.at - size: self.at]
        if kind == 9:
            head = self.data[self.at]
            self.at += 1
            count = self.varint() if head >> 4 == 15 else head >> 4
            return [self.value(head & 15) for _item in range(count)]
        assert kind == 12
        return self.struct()

    def struct(self) -> dict:
        """{id: value} of a struct."""
        found, last = {}, 0
        while head := self.data[self.at]:
            self.at += 1
            last += head >> 4
            found[last] = self.value(head & 15)
        self.at += 1
        return found
