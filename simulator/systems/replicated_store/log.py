"""A replicated log under a leader that is elected by a majority: the compact core of two designs.

Terms (here: epochs), votes and the commit rule are Raft's (D. Ongaro, J. Ousterhout, USENIX ATC 2014, sections 5.1 to 5.4).
Left out: pre-vote, changes of the configuration, hints where logs differ. What is committed is kept as a Base in place of
entries once the log is long.
"""

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.replicated_store.messages import (
    Answer, Append, Appended, Base, Command, Entry, Install, Request, RequestVote, Tag, Version, Voted)
from simulator.systems.replicated_store.replica import Replica

COMPACT = 64
"""Entries that are committed until they are dropped."""
NO_OP = Command("", -1, "no-op")


class LogReplica(Replica):
    """epoch, voted_for, log, base are on the disk. commit: up to where the log is; leader: whom it takes for it.

    votes: who votes for this candidate. matched: follower -> up to where its log is this leader's. reads: local reads that wait
    for an index. heard_ns: when the leader was last heard of; heard: follower -> when it last answered this leader.
    """

    durable = ("epoch", "voted_for", "log", "base")

    def begin(self):
        """Nobody leads."""
        super().begin()
        self.voted_for, self.log, self.base = None, (), Base()
        self.leader, self.votes, self.commit, self.sessions = None, (), 0, {}
        self.matched, self.heard, self.reads = {}, {}, ()

    def on_start(self):
        """What is committed is learnt from the leader."""
        super().on_start()
        self._recover()
        self._await_leader()

    def _recover(self) -> None:
        self.store, self.sessions, self.commit = dict(self.base.store), dict(self.base.sessions), self.base.index

    # The log

    @property
    def last(self) -> tuple[int, int]:
        """(index, epoch) of the last entry."""
        return (self.log[-1].index, self.log[-1].epoch) if self.log else (self.base.index, self.base.epoch)

    def epoch_at(self, index: int) -> int | None:
        """The epoch of the entry at `index`; None where there is none, or none any more."""
        if index == self.base.index:
            return self.base.epoch
        place = index - self.base.index - 1
        return self.log[place].epoch if 0 <= place < len(self.log) else None

    @staticmethod
    def keeps(holds: dict, key: str, tag: Tag) -> bool:
        """The entry is in the log on the disk, or among those that the base stands for."""
        log, base = holds.get("log", ()), holds.get("base", Base())
        return base.index >= tag.counter or any(entry.index == tag.counter and entry.epoch == tag.number for entry in log)

    # Elections

    def _await_leader(self) -> None:
        design = self.options.replication
        span = design.election_timeout_max_ms - design.election_timeout_min_ms
        self.set_timer("election", ns_from_ms(design.election_timeout_min_ms + span * self.uniform()))

    def on_election_timeout(self) -> None:
        """Nobody leads: stand for election."""
        self.epoch, self.voted_for, self.votes, self.leader = self.epoch + 1, self.id, (self.id,), None
        self.save("epoch", "voted_for")
        self.broadcast(RequestVote(self.epoch, *self.last), self.peers)
        self._await_leader()

    def _follow(self, epoch: int) -> None:
        """A newer epoch: whoever leads it, it is not this replica."""
        if epoch > self.epoch:
            self.epoch, self.voted_for, self.leader = epoch, None, None
            self._stop_leading()
            self.save("epoch", "voted_for")

    def _stop_leading(self) -> None:
        self.votes = ()
        if self.leading:
            self.leading = False
            self.cancel_timer("heartbeat")
            self._await_leader()

    def on_request_vote(self, m: RequestVote, src: str) -> None:
        """One vote an epoch, for a candidate whose log has all that this one has."""
        self._follow(m.epoch)
        complete = (m.last_epoch, m.last_index) >= (self.last[1], self.last[0])
        granted = m.epoch == self.epoch and self.voted_for in (None, src) and complete
        if granted:
            self.voted_for = src
            self.save("epoch", "voted_for")
            self._await_leader()
        self.send(src, Voted(self.epoch, granted))

    def on_voted(self, m: Voted, src: str) -> None:
        """A majority makes a leader."""
        self._follow(m.epoch)
        if self.leading or not m.granted or m.epoch != self.epoch or not self.votes:
            return
        self.votes = self.votes if src in self.votes else (*self.votes, src)
        if len(self.votes) >= len(self.roster["replica"]) // 2 + 1:
            self._lead()

    def _lead(self) -> None:
        self.leading, self.leader, self.votes = True, self.id, ()
        self.matched, self.heard = {}, dict.fromkeys(self.peers, self.clock())
        self.cancel_timer("election")
        self.note(N_("leads epoch {epoch}"), epoch=self.epoch)
        self._append(NO_OP)  # commits what earlier epochs left
        self.on_heartbeat_timeout()

    # The leader

    def on_heartbeat_timeout(self) -> None:
        """Tell all, unless no majority has answered for too long: then another one may lead by now."""
        since = sorted((*self.heard.values(), self.clock()), reverse=True)[len(self.roster["replica"]) // 2]
        if self.clock() - since > ns_from_ms(self.options.replication.election_timeout_max_ms):
            self.note(N_("steps down: no majority answers"))
            self.leader = None
            return self._stop_leading()
        for peer in self.peers:
            self._replicate(peer)
        self.set_timer("heartbeat", ns_from_ms(self.options.replication.heartbeat_ms))

    def _append(self, command: Command) -> None:
        self.log = (*self.log, Entry(self.epoch, self.last[0] + 1, command))
        self.save("log")

    def _replicate(self, peer: str) -> None:
        has = self.matched.get(peer)
        if has is None:
            has = self.last[0]
        if has < self.base.index:
            return self.send(peer, Install(self.epoch, self.base))
        entries = self.log[has - self.base.index:]
        self.send(peer, Append(self.epoch, has, self.epoch_at(has), entries, self.commit))

    def on_appended(self, m: Appended, src: str) -> None:
        """A follower has more, or its log differs: go back."""
        self._follow(m.epoch)
        if not self.leading or m.epoch != self.epoch:
            return
        self.heard = {**self.heard, src: self.clock()}
        known = self.matched.get(src)
        if m.ok:
            self.matched = {**self.matched, src: max(m.index, known or 0)}
            if known is None and m.index < self.last[0]:
                self._replicate(src)
            return self._commit_what_a_majority_has()
        if known is None:
            has = min(m.index, self.last[0])
            epoch = self.epoch_at(has)
            self.send(src, Append(self.epoch, has, epoch, self.log[has - self.base.index:], self.commit) if epoch is not None
                      else Install(self.epoch, self.base))

    def _commit_what_a_majority_has(self) -> None:
        has = sorted((self.last[0], *(self.matched.get(peer) or 0 for peer in self.peers)), reverse=True)[self.quorum - 1]
        if has > self.commit and self.epoch_at(has) == self.epoch:
            self._commit(has)

    # The follower

    def _heard_from(self, epoch: int, src: str) -> bool:
        self._follow(epoch)
        if epoch < self.epoch:
            return False
        self.leader, self.votes = src, ()
        self._await_leader()
        return True

    def on_append(self, m: Append, src: str) -> None:
        """Take the entries where the log is the leader's up to the one before them."""
        if not self._heard_from(m.epoch, src):
            return self.send(src, Appended(self.epoch, False, 0))
        if m.prev_index > self.base.index and self.epoch_at(m.prev_index) != m.prev_epoch:
            return self.send(src, Appended(self.epoch, False, max(self.commit, min(m.prev_index - 1, self.last[0]))))
        fresh = [entry for entry in m.entries if entry.index > self.base.index and self.epoch_at(entry.index) != entry.epoch]
        if fresh:
            self.log = (*self.log[:fresh[0].index - self.base.index - 1], *(entry for entry in m.entries if entry.index >= fresh[0].index))
            self.save("log")
        end = m.prev_index + len(m.entries)
        self._commit(min(m.commit, end))
        self.send(src, Appended(self.epoch, True, max(end, self.base.index)))

    def on_install(self, m: Install, src: str) -> None:
        """Begin anew from what the leader's dropped entries come to."""
        if not self._heard_from(m.epoch, src):
            return self.send(src, Appended(self.epoch, False, 0))
        if m.base.index > self.commit:
            same = self.epoch_at(m.base.index) == m.base.epoch
            self.log = self.log[m.base.index - self.base.index:] if same else ()
            self.base = m.base
            self.save("log", "base")
            self._recover()
            self._serve_reads()
        self.send(src, Appended(self.epoch, True, m.base.index))

    # What is committed

    def _commit(self, index: int) -> None:
        if index <= self.commit:
            return
        store, sessions = dict(self.store), dict(self.sessions)
        for entry in self.log[self.commit - self.base.index:index - self.base.index]:
            command = entry.command
            if command.number <= sessions.get(command.client, -1):
                continue  # a copy of a message, or a no-op
            sessions[command.client] = command.number
            if command.f == "write":
                store[command.key] = Version(command.value, Tag(entry.index, "", entry.epoch))
            if self.leading:
                self._tell(entry, store.get(command.key, Version()))
        self.store, self.sessions, self.commit = store, sessions, index
        self._serve_reads()
        if len(self.log) > COMPACT and index - self.base.index > COMPACT // 2:
            self.base, self.log = Base(index, self.epoch_at(index), tuple(sorted(store.items())), tuple(sorted(sessions.items()))), self.log[
                index - self.base.index:]
            self.save("log", "base")

    def _tell(self, entry: Entry, version: Version) -> None:
        command = entry.command
        value = version.value if command.f == "read" else None
        self.send(command.client, Answer(command.number, True, value, version.tag, self.epoch, entry.index, self.quorum))

    # Requests

    def on_request(self, m: Request, src: str) -> None:
        """Writes go to the leader; where nobody leads they are refused."""
        if self.is_copy(m):
            return
        if m.f == "read" and not self.reads_at_leader():
            self.reads = (*self.reads, m)
            self._serve_reads()
            return
        if not self.leading:
            forwards = self.leader not in (None, self.id) and src == m.client
            return self.send(self.leader, m) if forwards else self.refuse(m)
        if m.f == "read" and self.options.faulty == "reads_without_checking":
            version = self.held(m.key)
            return self.send(m.client, Answer(m.number, True, version.value, version.tag, self.epoch, self.commit))
        self._append(Command(m.client, m.number, m.f, m.key, m.value))
        for peer in self.peers:
            self._replicate(peer)
        self._commit_what_a_majority_has()

    def reads_at_leader(self) -> bool:
        """Whether reads go through the log."""
        return True

    def _serve_reads(self) -> None:
        """Answer local reads whose sessions have seen no more than this replica has."""
        ready = [m for m in self.reads if (m.after or 0) <= self.commit or self.options.faulty == "forgets_sessions"]
        if ready:
            self.reads = tuple(m for m in self.reads if m not in ready)
        for m in ready:
            version = self.held(m.key)
            self.send(m.client, Answer(m.number, True, version.value, version.tag, None, self.commit))
