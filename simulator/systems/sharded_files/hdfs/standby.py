"""A name node that stands by: it follows the log, and takes over when it does not hear of the active one.

HDFS has ZooKeeper tell that; here the active one tells the other one and the journal nodes that it is there, and a
majority of these must agree that it is not. They may be wrong: the epoch that they have promised keeps it from writing.
"""

from simulator.engine.clock import S
from simulator.engine.words import N_
from simulator.systems.sharded_files.hdfs.edit_log import EditLog
from simulator.systems.sharded_files.hdfs.messages import Edits, FetchEdits, GetJournalState, JournalState, NewEpoch, Ping, Promised

PINGS = 4
"""How often a name node says that it is there within the time after which the other one takes over."""


class Standby(EditLog):
    """active: whether it serves. rises: "" or how far it is in taking over: "looking", "asking", "reading", "writing".

    votes: what journal nodes have said. attempt: to take over, since ever. forced: it is an
    operator's wish. reads: the one from which it reads the log.
    """

    __slots__ = ("attempt", "forced", "reads", "rises", "votes")

    def begin(self) -> None:
        """The first one is active."""
        super().begin()
        self.rises, self.votes, self.reads = "", {}, ""
        self.forced = False
        self.attempt = getattr(self, "attempt", 0)

    def on_start(self) -> None:
        """Stand by, or say that it is there."""
        if self.journals:
            self._stand_by()
            self.on_ping_timeout()
            self.on_tail_timeout()

    def on_restart(self) -> None:
        """The log is on its disk, or on the journal nodes."""
        self.active = not self.journals
        if self.journals:
            self.txid, self.journal = 0, []
        del self.journal[self.txid:]
        self.load()
        if self.active:
            self.enter_safe_mode()
        self.show()
        self.on_start()

    def _silence_ns(self) -> int:
        return round(self.options.design.failover_s * S)

    def _stand_by(self) -> None:
        if not self.active:
            self.set_timer("failover", self._silence_ns() + round(self.uniform() * self._silence_ns() / PINGS))

    def on_ping_timeout(self) -> None:
        """Say that it is there, if it is the active one."""
        if self.active:
            self.broadcast(Ping(self.epoch), [id for id in (*self.roster["name_node"], *self.journals) if id != self.id])
        self.set_timer("ping", self._silence_ns() // PINGS)

    def on_ping(self, m: Ping, _src: str) -> None:
        """Another name node is active; the one with the higher epoch is right."""
        if m.epoch > self.epoch and (self.active or self.rises):
            return self.steps_down(m.epoch)
        if not self.active and m.epoch >= self.epoch:
            self.epoch, self.rises = m.epoch, ""
            self._stand_by()

    # Following the log

    def on_tail_timeout(self) -> None:
        """Read what is new, from one journal node after the other."""
        if not self.active and not self.rises:
            self.send(self.journals[self.below(len(self.journals))], FetchEdits(self.epoch, self.txid, False))
        self.set_timer("tail", round(self.options.design.tail_s * S))

    def on_edits(self, m: Edits, src: str) -> None:
        """Entries of the log: while it follows, or all that the journal node has that it takes over from."""
        wanted = self.rises == "reading" and src == self.reads if self.rises else not self.active
        if not wanted or m.first > self.txid or m.epoch != self.epoch:
            return
        for edit in m.edits[self.txid - m.first:]:
            self.follow(edit)
        self.show()
        if self.rises:
            self.rises, self.acked = "writing", {}
            self._ship()

    def follow(self, edit) -> None:
        """One more entry, which another name node has written."""
        self.journal.append(edit)
        self.txid += 1
        for block in self.space.apply(edit):
            for known in self.map.forget(block):
                known.held.pop(block)
        if not self.rises:
            self.committed = self.txid
        self.applied(edit)

    # Taking over

    def on_failover_timeout(self) -> None:
        """The other one is silent."""
        self.rise(forced=False)

    def do_failover(self) -> None:
        """An operator wants this one to be active."""
        if self.journals and not self.active:
            self.rise(forced=True)

    def rise(self, forced: bool) -> None:
        """Ask the journal nodes which epochs there were, and whether they hear of the active one. forced: an operator wants it anyway."""
        self.forced = forced
        self.rises, self.votes, self.reads = "looking", {}, ""
        self.attempt += 1
        self.broadcast(GetJournalState(self.attempt), self.journals)
        self._stand_by()

    def on_journal_state(self, m: JournalState, src: str) -> None:
        """When a majority has told, and misses the active one: have them promise a higher one; name nodes use numbers of their own."""
        if self.rises != "looking" or m.attempt != self.attempt or (m.alive and not self.forced):
            return
        self.votes[src] = m.promised
        if len(self.votes) * 2 > len(self.journals):
            highest, names = max(self.epoch, *self.votes.values()), len(self.roster["name_node"])
            self.epoch = highest + 1 + (self.index_of() - highest) % names
            self.rises, self.votes = "asking", {}
            self.persist("epoch")
            self.broadcast(NewEpoch(self.epoch), self.journals)

    def on_promised(self, m: Promised, src: str) -> None:
        """When a majority has promised: read the log of the one that knows best."""
        if self.rises != "asking" or m.epoch != self.epoch:
            return
        self.votes[src] = m
        if len(self.votes) * 2 > len(self.journals):
            self.reads = max(self.journals, key=lambda id: (self.votes[id].wrote, self.votes[id].txid) if id in self.votes else (-1, -1))
            self._back_to_safe()
            self.rises = "reading"
            self.send(self.reads, FetchEdits(self.epoch, self.txid, True))

    def risen(self) -> None:
        """All of the log is safe under its own epoch: it is the active one."""
        self.active, self.rises = True, ""
        self.cancel_timer("failover")
        self.commit(self.txid)
        self.note(N_("is active from now on, under epoch {epoch}"), epoch=self.epoch)
        self.on_ping_timeout()
        self.takes_over()

    def steps_down(self, epoch: int) -> None:
        """Another one writes the log: forget what is not safe, and stand by."""
        was = self.active
        self.epoch, self.rises, self.active = epoch, "", False
        self.waiting, self.parked, self.acked = {}, [], {}
        self._back_to_safe()
        if was:
            self.safe_mode, self.balancing = False, False
            self.note(N_("was replaced: epoch {epoch} has begun"), epoch=epoch)
        self.show()
        self._stand_by()

    def _back_to_safe(self) -> None:
        """Forget entries that may never have been."""
        if self.txid > self.committed:
            del self.journal[self.committed:]
            self.txid = self.committed
            self.load()
