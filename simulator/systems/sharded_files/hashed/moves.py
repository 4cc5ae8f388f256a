"""How shards move when the layout changes, without a moment in which nobody has them and without losing what was acknowledged.

Who will be in charge of a shard leads (as in L. Lamport, D. Malkhi, L. Zhou, Vertical Paxos and primary-backup replication, PODC 2009;
writes go to all owners, so any one owner of an epoch knows all that was acknowledged in it):

copy     every new owner pulls a copy; sources send one after the other, throttled. The old owners serve on.
fence    the owners of all earlier layouts promise to write no more in older epochs, and say what they have.
install  the newest of that goes to the other new owners; when all have it, this node takes requests.
discard  the old owners forget the shard; when they have, the shard is where it belongs.
"""

from typing import NamedTuple

from simulator.engine.clock import S, ns_from_ms
from simulator.engine.words import N_
from simulator.systems.sharded_files.hashed.layouts import owners_in, table, witnesses
from simulator.systems.sharded_files.hashed.messages import (
    Admission, Alive, Copied, Discard, Discarded, Fence, Fenced, Install, Installed, Members, MembersKnown, Part, Pull, Queued)
from simulator.systems.sharded_files.hashed.shard import NOTHING

COPY, FENCE, INSTALL, DISCARD, DONE = "copy", "fence", "install", "discard", "done"
AFTER = {COPY: FENCE, FENCE: INSTALL, INSTALL: DISCARD, DISCARD: DONE}
ASKS = {FENCE: Fence, DISCARD: Discard}


class Move(NamedTuple):
    """The move of one shard at who leads it. answered: nodes that are done with the phase; found: (epoch, files) of the fenced ones."""

    phase: str = COPY
    answered: tuple[str, ...] = ()
    found: tuple[tuple[int, tuple], ...] = ()


class Wish(NamedTuple):
    """A copy that is wanted. asked: how many sources did not have it, or were not heard of; heard: the one asked now will send it."""

    asked: int = 0
    heard: bool = False


class Moves:
    """The part of a Keeper that moves shards. _moves: shard -> Move, where it leads; _wishes: shard -> Wish; _queue: copies to send."""

    def begin_moves(self) -> None:
        """Nothing is on its way."""
        self._moves, self._wishes, self._queue, self._version = {}, {}, (), 0

    def resume_moves(self) -> None:
        """After a start: what the disk says was under way begins anew."""
        self.set_timer("alive", 1)
        if self.membership is not None:
            self._plan()

    def on_alive_timeout(self) -> None:
        """A sign of life; or, where it is in no layout, the wish to be in one."""
        administrator = self.roster["administrator"][0]
        if self._belongs():
            self.send(administrator, Alive(self.membership.edition))
        elif self.membership is None or self.id not in self.membership.retired:
            self.send(administrator, Admission())
        self.set_timer("alive", ns_from_ms(self.options.design.alive_ms))

    def _belongs(self) -> bool:
        known = self.membership
        return known is not None and self.id not in known.expelled and any(self.id in layout.nodes for layout in known.layouts)

    # What is to be done

    def on_members(self, m: Members, src: str) -> None:
        """Learn it, and move what the newest layout asks for."""
        if self.membership is None or m.membership.edition > self.membership.edition:
            self.membership = m.membership
            self.persist("membership")
            self._plan()
        self._report()

    def _plan(self) -> None:
        newest = self.membership.layouts[-1]
        if not self._belongs():
            return self._forget_everything()
        if newest.version == self._version:
            return
        self._version = newest.version
        changed = self._changed()
        self._wishes = {shard: Wish() for shard, owners in changed.items() if self.id in owners and self.shard(shard).epoch < newest.version}
        self._moves = {shard: Move() for shard, owners in changed.items() if owners[0] == self.id}
        self._show_arriving()
        for shard in list(self._wishes):
            self._wish(shard)
        for shard in list(self._moves):
            mine = self.shard(shard)
            if mine.epoch == newest.version and mine.ready:
                self._enter(shard, DISCARD if mine.complete else INSTALL)
        self.keep_at_it()

    def _changed(self) -> dict[int, tuple[str, ...]]:
        """Shard -> its owners in the newest layout, where they are not those of all layouts."""
        tables = [table(self.options, layout) for layout in self.membership.layouts]
        return {shard: owners for shard, owners in enumerate(tables[-1]) if any(other[shard] != owners for other in tables)}

    def _forget_everything(self) -> None:
        """It was given up: whoever is in the layouts has, or makes do without, what is here."""
        for shard in self.held():
            self.keep(shard, NOTHING)
        self.cancel_timer("part")
        self.begin_moves()
        self._show_arriving()

    def _show_arriving(self) -> None:
        self.arriving = tuple(sorted(shard for shard in self._wishes if not self._has(shard)))

    def _report(self) -> None:
        """Tell the administrator what is known, and whether all is where it belongs as far as this node leads."""
        settled = self._version if all(move.phase == DONE for move in self._moves.values()) else 0
        self.send(self.roster["administrator"][0], MembersKnown(self.membership.edition, settled))

    def repeat_moves(self) -> bool:
        """Ask again for whatever has not been answered; whether there is such."""
        for shard, wish in self._wishes.items():
            if not self._has(shard):
                self._wishes = {**self._wishes, shard: wish._replace(asked=wish.asked + (not wish.heard), heard=False)}
            self._wish(shard)
        for shard in self._moves:
            self._ask(shard)
        moving = self.membership is not None and len(self.membership.layouts) > 1 and self._belongs()
        if moving:
            self._report()
        return moving

    # Copies

    def _has(self, shard: int) -> bool:
        mine = self.shard(shard)
        return mine.ready or mine.copy == self._version

    def _wish(self, shard: int) -> None:
        """Ask a source for the copy, or tell who leads that it is here."""
        if self._has(shard):
            return self._tell(shard, Copied(shard, self._version))
        sources = [node for node in witnesses(self.options, self.membership, shard) if node != self.id]
        if not sources:  # all owners of the shard were given up: there is nothing to copy
            self.note(N_("shard {shard} is lost: all of its owners were given up"), shard=shard)
            self.keep(shard, self.shard(shard)._replace(copy=self._version, files={}))
            return self._wish(shard)
        self.send(sources[self._wishes[shard].asked % len(sources)], Pull(shard, self._version))

    def _tell(self, shard: int, message) -> None:
        leader = owners_in(self.options, self.membership, shard)[-1][0]
        if leader == self.id:
            self._answered(shard, COPY, self.id)
        else:
            self.send(leader, message)

    def on_pull(self, m: Pull, src: str) -> None:
        """The copy is sent when those asked for before are."""
        if not self.shard(m.shard).ready:
            return self.send(src, Part(m.shard, m.version, None))
        if (m.shard, m.version, src) not in self._queue:
            self._queue = (*self._queue, (m.shard, m.version, src))
            if len(self._queue) == 1:
                self._send_next()
        self.send(src, Queued(m.shard, m.version))

    def _send_next(self) -> None:
        if self._queue:
            self.set_timer("part", round(self.shard(self._queue[0][0]).mb / self.options.design.move_mb_s * S))

    def on_part_timeout(self) -> None:
        """The bytes of a copy are through."""
        (shard, version, dst), self._queue = self._queue[0], self._queue[1:]
        mine = self.shard(shard)
        self.send(dst, Part(shard, version, tuple(mine.files.items()) if mine.ready else None))
        if self.options.faulty == "forgets_before_it_has_arrived" and self.id not in table(self.options, self.membership.layouts[-1])[shard]:
            self.keep(shard, NOTHING)
        self._send_next()

    def on_queued(self, m: Queued, src: str) -> None:
        """It will come."""
        if m.version == self._version and m.shard in self._wishes:
            self._wishes = {**self._wishes, m.shard: self._wishes[m.shard]._replace(heard=True)}

    def on_part(self, m: Part, src: str) -> None:
        """A copy is here; or another source must be asked."""
        wish = self._wishes.get(m.shard)
        if m.version != self._version or wish is None or self._has(m.shard):
            return
        if m.files is None:
            self._wishes = {**self._wishes, m.shard: wish._replace(asked=wish.asked + 1, heard=True)}
        else:
            self._arrived(m.shard, m.files)

    def _arrived(self, shard: int, files: tuple) -> None:
        self.keep(shard, self.shard(shard)._replace(copy=self._version, files=dict(files)))
        self.moved, self.moved_mb = self.moved + 1, round(self.moved_mb + self.shard(shard).mb, 6)
        self._show_arriving()
        self._wish(shard)

    def on_copied(self, m: Copied, src: str) -> None:
        """A new owner has its copy."""
        if m.version == self._version:
            self._answered(m.shard, COPY, src)

    # Who leads

    def _lacking(self, shard: int) -> list[str]:
        """Who has not answered in the phase that the move is in."""
        move, owners = self._moves[shard], owners_in(self.options, self.membership, shard)[-1]
        among = {COPY: owners, FENCE: self._witnesses(shard), INSTALL: owners, DISCARD: self._witnesses(shard), DONE: ()}[move.phase]
        done = (*move.answered, *(owners if move.phase == DISCARD else ()))
        return [node for node in among if node not in done]

    def _witnesses(self, shard: int) -> list[str]:
        return witnesses(self.options, self.membership, shard)

    def _answered(self, shard: int, phase: str, node: str, found: tuple = ()) -> None:
        move = self._moves.get(shard)
        if move is None or move.phase != phase or node in move.answered:
            return
        self._moves = {**self._moves, shard: move._replace(answered=(*move.answered, node), found=(*move.found, *found))}
        if not self._lacking(shard):
            self._enter(shard, AFTER[phase])

    def _enter(self, shard: int, phase: str) -> None:
        """Begin a phase: do this node's own part, and ask the others."""
        move = self._moves[shard]
        self._moves = {**self._moves, shard: Move(phase, (), move.found)}
        mine = self.shard(shard)
        if phase == FENCE and self.id in self._witnesses(shard):
            return self._ask(shard, self._fenced(shard, self._version))
        if phase == INSTALL:
            if mine.epoch < self._version:
                self._take_over(shard, mine, move.found)
            return self._ask(shard, ())
        if phase == DISCARD:
            self.keep(shard, mine._replace(complete=True))
            self._wishes = {other: wish for other, wish in self._wishes.items() if other != shard}
        if phase == DONE:
            return self._report()
        self._ask(shard)
        if not self._lacking(shard):
            self._enter(shard, AFTER[phase])

    def _ask(self, shard: int, own: tuple | None = None) -> None:
        """Ask all who have not answered; own: what this node answers itself."""
        phase = self._moves[shard].phase
        if phase in (FENCE, DISCARD):
            self.broadcast(ASKS[phase](shard, self._version), [node for node in self._lacking(shard) if node != self.id])
        if phase == INSTALL:
            files = tuple(self.shard(shard).files.items())
            self.broadcast(Install(shard, self._version, files), [node for node in self._lacking(shard) if node != self.id])
        if own is not None:
            self._answered(shard, phase, self.id, own)

    def _take_over(self, shard: int, mine, found: tuple) -> None:
        """All that was acknowledged is with whoever has the newest epoch."""
        best = max(found, key=lambda one: one[0], default=(-1, ()))
        files = dict(best[1]) if best[0] >= 0 else {}
        owners = owners_in(self.options, self.membership, shard)[-1]
        self.keep(shard, mine._replace(epoch=self._version, owners=owners, ready=True, complete=False, promised=self._version, copy=0, files=files))

    def _fenced(self, shard: int, version: int) -> tuple:
        """Promise it; ((epoch, files),) of what is here."""
        mine = self.shard(shard)
        if self.options.faulty != "goes_on_behind_the_fence" and mine.promised < version:
            mine = mine._replace(promised=version)
            self.keep(shard, mine)
        return ((mine.epoch if mine.ready else -1, tuple(mine.files.items()) if mine.ready else ()),)

    # Who follows

    def on_fence(self, m: Fence, src: str) -> None:
        """Write no more in older epochs. A node that was given up is no witness of what it has forgotten."""
        if m.version == self._version and self._belongs():
            self.send(src, Fenced(m.shard, m.version, *self._fenced(m.shard, m.version)[0]))

    def on_fenced(self, m: Fenced, src: str) -> None:
        """One more that writes no more in older epochs."""
        if m.version == self._version:
            self._answered(m.shard, FENCE, src, ((m.epoch, m.files),))

    def on_install(self, m: Install, src: str) -> None:
        """The new epoch begins here; records of it that are here already stay."""
        mine = self.shard(m.shard)
        if m.version != self._version or not self._belongs():
            return
        if mine.epoch < m.version or not mine.ready:
            new = NOTHING._replace(epoch=m.version, ready=True, promised=m.version, files=dict(m.files))
            self.keep(m.shard, new)
        self._wishes = {shard: wish for shard, wish in self._wishes.items() if shard != m.shard}
        self._show_arriving()
        self.send(src, Installed(m.shard, m.version))

    def on_installed(self, m: Installed, src: str) -> None:
        """One more owner has everything."""
        if m.version == self._version:
            self._answered(m.shard, INSTALL, src)

    def on_discard(self, m: Discard, src: str) -> None:
        """Forget the shard."""
        if m.version == self._version and self.shard(m.shard).epoch < m.version:
            self.keep(m.shard, NOTHING._replace(promised=m.version))
            self.send(src, Discarded(m.shard, m.version))

    def on_discarded(self, m: Discarded, src: str) -> None:
        """One fewer that has it for nothing."""
        if m.version == self._version:
            self._answered(m.shard, DISCARD, src)
