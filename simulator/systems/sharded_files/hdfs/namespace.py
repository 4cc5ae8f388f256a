"""The files of a name node, as its edit log makes them: files, which blocks each has, who writes it, what was answered.

Where the replicas are is not in the log: that is what data nodes report (Shvachko et al. 2010, II.A).
"""

from typing import NamedTuple

from simulator.systems.sharded_files.hdfs.messages import Done, LocatedBlock, Stamped
from simulator.systems.sharded_files.hdfs.preload import FIRST_GEN, Preload


class Edit(NamedTuple):
    """One entry of the edit log: what became of which request.

    verb: "create", "append", "add", "abandon", "stamp", "pipeline", "close", "delete", "lease" (its writer is gone: the file is closed).
    before: (number, MB) of a block that is finished with it, or ().
    """

    verb: str
    file: str
    client: str
    request: int
    block: int = -1
    gen: int = 0
    nodes: tuple[str, ...] = ()
    before: tuple = ()


class File:
    """blocks: their numbers, in order. holder: who writes it, or ""."""

    __slots__ = ("blocks", "holder")

    def __init__(self, blocks: list[int], holder: str = ""):
        self.blocks, self.holder = blocks, holder


class Block:
    """A block as a name node knows it. mb: once it is whole. places: numbers of the data nodes with a good replica.

    bad: those with a stale or corrupt one. excess: those whose good replica is one too many and shall go.
    pipeline: ids of those that it is, or was, written to.
    """

    __slots__ = ("bad", "excess", "file", "gen", "mb", "pipeline", "places", "whole")

    def __init__(self, file: str, gen: int, mb: float, whole: bool, places: tuple[int, ...] = ()):
        self.file, self.gen, self.mb, self.whole, self.places = file, gen, mb, whole, places
        self.bad = self.excess = self.pipeline = ()


class Namespace:
    """files: name -> File; blocks: number -> Block; answered: client -> (request, reply), for those who ask again."""

    def __init__(self, first: Preload, located: bool):
        """located: whether it is known where the first replicas are."""
        self.files = {f"f{nth}": File(list(blocks)) for nth, blocks in enumerate(first.files)}
        self.blocks: dict[int, Block] = {}
        for name, file in self.files.items():
            for block in file.blocks:
                self.blocks[block] = Block(name, FIRST_GEN, first.mb[block], True, first.places[block] if located else ())
        self.next_block, self.last_gen = len(first.mb), FIRST_GEN
        self.answered: dict[str, tuple[int, tuple]] = {}
        self.txid = 0

    def apply(self, edit: Edit) -> list[int]:
        """Do what the entry says; the blocks that are no more."""
        self.txid += 1
        if not self._makes_sense(edit):
            return []
        gone = getattr(self, f"_{edit.verb}")(edit) or []
        if edit.before and edit.before[0] in self.blocks:
            block = self.blocks[edit.before[0]]
            block.whole, block.mb = True, edit.before[1]
        for block in gone:
            del self.blocks[block]
        if edit.verb != "lease":
            self.answered[edit.client] = (edit.request, reply(edit))
        return gone

    def _makes_sense(self, edit: Edit) -> bool:
        """False in a log that two name nodes have written: there entries speak of files and blocks that never were."""
        if edit.verb == "create":
            return True
        file = self.files.get(edit.file)
        return file is not None and (edit.verb not in ("abandon", "pipeline") or edit.block in file.blocks) and (edit.verb != "add" or edit.block not in self.blocks)

    def _create(self, edit: Edit) -> list[int]:
        before = self.files.pop(edit.file, None)
        self.files[edit.file] = File([], edit.client)
        return before.blocks if before else []

    def _append(self, edit: Edit) -> None:
        self.files[edit.file].holder = edit.client

    def _add(self, edit: Edit) -> None:
        self.files[edit.file].blocks.append(edit.block)
        self.blocks[edit.block] = Block(edit.file, edit.gen, 0.0, False)
        self.blocks[edit.block].pipeline = edit.nodes
        self.next_block, self.last_gen = edit.block + 1, edit.gen

    def _abandon(self, edit: Edit) -> list[int]:
        self.files[edit.file].blocks.remove(edit.block)
        return [edit.block]

    def _stamp(self, edit: Edit) -> None:
        self.last_gen = max(self.last_gen, edit.gen)

    def _pipeline(self, edit: Edit) -> None:
        block = self.blocks[edit.block]
        block.pipeline = edit.nodes
        if block.gen != edit.gen:
            block.gen, block.places = edit.gen, ()

    def _close(self, edit: Edit) -> None:
        self.files[edit.file].holder = ""

    def _delete(self, edit: Edit) -> list[int]:
        return self.files.pop(edit.file).blocks

    def _lease(self, edit: Edit) -> list[int]:
        file = self.files[edit.file]
        file.holder = ""
        gone = [block for block in file.blocks if not self.blocks[block].whole]
        file.blocks = [block for block in file.blocks if self.blocks[block].whole]
        return gone


def reply(edit: Edit) -> tuple:
    """What the client is told once the entry is on the disk."""
    if edit.verb == "add":
        return LocatedBlock(edit.request, edit.block, edit.gen, edit.nodes)
    if edit.verb == "stamp":
        return Stamped(edit.request, edit.gen)
    return Done(edit.request)
