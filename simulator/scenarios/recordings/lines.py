"""Lines of text out of a file from a stranger: plain or gzip, never more than the limits allow."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase

CHUNK = 1 << 20
_RATIO_FROM = 16 << 20
_OTHERS = {b"\xfd7zXZ\0": "xz", b"BZh": "bzip2", b"PK\3\4": "zip", b"(\xb5/\xfd": "zstd", b"PAR1": "Parquet",
           b"7z\xbc\xaf": "7z", b"%PDF": "PDF", b"SQLite format": "SQLite"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read. Beyond any of them reading stops with a Mistake, status 413.

    max_bytes: of the file as it comes. max_text_bytes: after decompression. max_ratio: how many
    times larger than what was read so far the text may grow (after 16 MB). max_rows, max_line_bytes.
    """

    max_bytes: int = 512 << 20
    max_text_bytes: int = 2 << 30
    max_ratio: int = 200
    max_rows: int = 5_000_000
    max_line_bytes: int = 64 << 10


def blocks(file: BinaryIO, limits: Limits) -> Iterator[list[str]]:
    """The file's lines without their "\\n", in lists of about a megabyte. `file` is read from where it stands."""
    rest = b""
    for chunk in _text_chunks(file, limits):
        whole, newline, rest_of_chunk = chunk.rpartition(b"\n")
        if not newline:
            rest += chunk
            _check_line(len(rest), limits)
            continue
        yield _lines(rest + whole, limits)
        rest = rest_of_chunk
    if rest:
        yield _lines(rest, limits)


def _lines(text: bytes, limits: Limits) -> list[str]:
    lines = text.decode("utf-8", "replace").split("\n")
    _check_line(max(map(len, lines)), limits)
    return lines


def _check_line(length: int, limits: Limits) -> None:
    if length > limits.max_line_bytes:
        sentence = N_("The file holds a line longer than {most:,} bytes; one request a line is expected.")
        raise Mistake("file", Phrase(sentence, most=limits.max_line_bytes))


def _text_chunks(file: BinaryIO, limits: Limits) -> Iterator[bytes]:
    first = file.read(CHUNK)
    if not first:
        raise Mistake("file", N_("The file is empty."))
    for magic, name in _OTHERS.items():
        if first.startswith(magic):
            raise Mistake("file", Phrase(N_("The file is in the {name} format; send plain text or .gz."), name=name))
    raw = _raw_chunks(first, file, limits)
    chunks = _inflated(raw, limits) if first.startswith(b"\x1f\x8b") else raw
    total = 0
    for chunk in chunks:
        if total == 0:
            chunk = _beginning(chunk)
        total += len(chunk)
        if total > limits.max_text_bytes:
            raise _too_large(N_("The text in the file must be at most {most:,} bytes."), limits.max_text_bytes)
        yield chunk
    if total == 0:
        raise Mistake("file", N_("The file is empty."))


def _raw_chunks(first: bytes, file: BinaryIO, limits: Limits) -> Iterator[bytes]:
    total, chunk = 0, first
    while chunk:
        total += len(chunk)
        if total > limits.max_bytes:
            raise _too_large(N_("The file must be at most {most:,} bytes."), limits.max_bytes)
        yield chunk
        chunk = file.read(CHUNK)


def _inflated(raw: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    """What the gzip members in `raw` hold, one after another, never more than a chunk at once."""
    member, read, made = zlib.decompressobj(wbits=31), 0, 0
    for chunk in raw:
        read += len(chunk)
        text = b"-"
        while chunk or len(text) == CHUNK:
            if member.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    break  # nothing, or padding after the last member
                member = zlib.decompressobj(wbits=31)
            text = _inflate(member, chunk)
            chunk = member.unused_data if member.eof else member.unconsumed_tail
            made += len(text)
            if made > _RATIO_FROM and made > read * limits.max_ratio:
                raise _too_large(N_("The .gz file grows more than {most:,}-fold: this is no log of requests."), limits.max_ratio)
            if text:
                yield text
    if not member.eof:
        raise Mistake("file", N_("The .gz file ends in the middle: it was cut off."))


def _inflate(member, chunk: bytes) -> bytes:
    try:
        return member.decompress(chunk, CHUNK)
    except zlib.error:
        raise Mistake("file", N_("The .gz file is damaged and cannot be decompressed.")) from None


def _beginning(chunk: bytes) -> bytes:
    """The first chunk without a byte order mark; Mistake where it is no text."""
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Mistake("file", N_("The file is in UTF-16; save it as UTF-8."))
    head = chunk[:65536]
    text = head.decode("utf-8", "replace")
    odd = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    if b"\0" in head or odd > len(head) * 0.02 or text.count("\ufffd") > len(text) * 0.2:
        raise Mistake("file", N_("The file is not text; a CSV, JSON-lines or access log file is expected, plain or .gz."))
    return chunk.removeprefix(b"\xef\xbb\xbf")


def _too_large(template: str, most: int) -> Mistake:
    return Mistake("file", Phrase(template, most=most), status=413)
