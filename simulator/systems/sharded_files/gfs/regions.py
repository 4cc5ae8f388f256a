"""In which state the bytes of a chunk are, by what its replicas hold (paper, section 2.7 and table 1).

consistent: all replicas hold the same. defined: consistent, and what was written is there as a whole. Writes that overlap and were applied in
one order in one chunk and in another order in another leave regions that are consistent and undefined: fragments of several.
"""

from collections.abc import Sequence

from simulator.systems.sharded_files.gfs.messages import Chunk, Piece

DEFINED, UNDEFINED, INCONSISTENT, PADDING = "defined", "undefined", "inconsistent", "padding"


def seen(pieces: Sequence[Piece], at: float) -> Piece | None:
    """What a reader of the replica finds at an offset: the last mutation that wrote there."""
    return next((piece for piece in reversed(pieces) if piece.offset <= at < piece.offset + piece.mb), None)


def regions(replicas: Sequence[Chunk], mingled: Sequence[str] = ()) -> list[tuple[float, float, str]]:
    """(from, to, state) of all that any replica holds, in order; neighbours differ in state or in what was written there.

    mingled: what was written, as `mingled_writes` found it.
    """
    cuts = sorted({edge for chunk in replicas for piece in chunk.pieces for edge in (piece.offset, round(piece.offset + piece.mb, 3))})
    found: list[tuple[float, float, str, str]] = []
    for begin, end in zip(cuts, cuts[1:], strict=False):
        here = [seen(chunk.pieces, begin) for chunk in replicas]
        names = {"" if piece is None else f"{piece.kind}:{piece.id}" for piece in here}
        if len(names) > 1:
            state = INCONSISTENT
        elif here[0] is None:
            continue
        else:
            state = PADDING if here[0].kind == "padding" else UNDEFINED if here[0].id in mingled else DEFINED
        name = min(names)
        if found and found[-1][1:] == (begin, state, name):
            found[-1] = (found[-1][0], end, state, name)
        else:
            found.append((begin, end, state, name))
    return [(begin, end, state) for begin, end, state, _name in found]


def mingled_writes(chunks: Sequence[Chunk], whole) -> tuple[str, ...]:
    """Writes whose fragments lie over those of another one in one chunk and under them in another.

    chunks: one up-to-date replica of each chunk of a file. whole(id): the operation that a fragment belongs to.
    """
    over: list[tuple[str, str, str, str]] = []
    for chunk in chunks:
        for place, later in enumerate(chunk.pieces):
            for earlier in chunk.pieces[:place]:
                overlaps = earlier.offset < later.offset + later.mb and later.offset < earlier.offset + earlier.mb
                if overlaps and whole(earlier.id) != whole(later.id):
                    over.append((whole(later.id), whole(earlier.id), later.id, earlier.id))
    pairs = {(upper, lower) for upper, lower, _later, _earlier in over}
    found = [name for upper, lower, later, earlier in over if (lower, upper) in pairs for name in (later, earlier)]
    return tuple(dict.fromkeys(found))
