"""The master's metadata, as the operation log makes it: which chunks a file has, and the version of each (paper, section 2.6).

The log is the only lasting record: the state is a checkpoint with the entries since applied in turn. Where replicas are is not in it.
"""

from typing import NamedTuple


class File(NamedTuple):
    """Its chunks, in order; when it was deleted, None while it is not."""

    chunks: tuple[int, ...] = ()
    deleted_ns: int | None = None


class Versions(NamedTuple):
    """Of a chunk. current: the one that up-to-date replicas have at least; told: the highest that any replica was told of."""

    current: int = 0
    told: int = 0


class Space(NamedTuple):
    """files: name -> File, those deleted under a hidden name. versions: handle -> Versions. following: the next handle."""

    files: dict[str, File] = {}  # noqa: RUF012  never changed in place
    versions: dict[int, Versions] = {}  # noqa: RUF012
    following: int = 0


class Entry(NamedTuple):
    """An entry of the log: "create" or "purge" a file, add a "chunk" to it, "delete" it at a time, "told" or "version": a number of a chunk."""

    kind: str
    file: str = ""
    handle: int = -1
    number: int = 0


def hidden(file: str, number: int) -> str:
    """The name of a file that was deleted at that time."""
    return f".{file}.{number}"


def applied(space: Space, entry: Entry) -> Space:
    """The state after one more entry."""
    files, versions = space.files, space.versions
    if entry.kind == "create":
        return space._replace(files={**files, entry.file: File()})
    if entry.kind == "chunk":
        old = files[entry.file]
        return Space({**files, entry.file: old._replace(chunks=(*old.chunks, entry.handle))}, {**versions, entry.handle: Versions()}, entry.handle + 1)
    if entry.kind == "told":
        return space._replace(versions={**versions, entry.handle: versions[entry.handle]._replace(told=entry.number)})
    if entry.kind == "version":
        return space._replace(versions={**versions, entry.handle: versions[entry.handle]._replace(current=entry.number)})
    rest = {name: file for name, file in files.items() if name != entry.file}
    if entry.kind == "delete":
        return space._replace(files={**rest, hidden(entry.file, entry.number): files[entry.file]._replace(deleted_ns=entry.number)})
    assert entry.kind == "purge", entry
    gone = files[entry.file].chunks
    return space._replace(files=rest, versions={handle: kept for handle, kept in versions.items() if handle not in gone})


def replayed(checkpoint: Space, log: tuple[Entry, ...]) -> Space:
    """The state that a checkpoint and the log since make."""
    for entry in log:
        checkpoint = applied(checkpoint, entry)
    return checkpoint
