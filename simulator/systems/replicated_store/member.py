"""A replica that takes part in views: leases, epochs, updates in order, recruits. Primary-backup and chains are made of it.

Every update has a number; a replica's state is always that of all updates up to some number. Replicas of one view have
prefixes of what the first has. A client is answered by `answers`: the primary, or the tail, once the update is safe.
"""

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.replicated_store.messages import (
    Alive, Answer, CaughtUp, Change, Granted, NewView, Prepare, Prepared, Recruit, Request, Ship, Shipped, Tag, Transfer, Version, View)
from simulator.systems.replicated_store.replica import Replica

STATE = ("store", "sessions", "at", "log")


class Member(Replica):
    """epoch: the latest that it has agreed to; view: the latest that it knows to hold. at: (epoch, number) of its last update.

    log: updates that others may lack. safe: up to where everybody behind it has them (or as many as the mode wants).
    floor: up to where they may have been before it started or took this place. acked: follower -> what it has. learners:
    recruits that are followers already. following: the epoch whose updates continue its own state. sessions: client -> number
    of its last write. lease_ns: until when it may serve, by its clock.
    """

    durable = (*STATE, "epoch", "view", "learners", "following")

    def begin(self):
        """The first view holds from the start."""
        super().begin()
        self.epoch = self.following = 1
        self.view = View(1, self.roster["replica"])
        self.sessions, self.at, self.log, self.safe, self.floor = {}, (0, 0), (), 0, 0
        self.acked, self.learners, self.reads = {}, (), ()
        self.lease_ns = -1

    def on_start(self):
        """It may serve once it has a lease."""
        super().on_start()
        self.floor = self.seq
        self._beat()
        self.set_timer("resend", ns_from_ms(self.options.replication.resend_ms))
        self._look_at_place()

    # Who it is in the view

    @property
    def seq(self) -> int:
        """The number of its last update."""
        return self.at[1]

    def takes_part(self) -> bool:
        """Whether the view that it knows is of its epoch, and it is in it."""
        return self.view.epoch == self.epoch and self.id in self.view.members

    def may_serve(self) -> bool:
        """It takes part, and nobody can have taken its place: its lease is not over."""
        if self.options.faulty == "missing_fence":
            return self.id in self.view.members
        return self.takes_part() and self.clock() < self.lease_ns

    def is_first(self) -> bool:
        """Whether it is the primary or the head."""
        return self.view.members[0] == self.id

    def answers(self) -> bool:
        """Whether it is the one who answers clients."""
        raise NotImplementedError

    def followers(self) -> tuple[str, ...]:
        """Who gets updates from it, recruits included."""
        raise NotImplementedError

    def safe_now(self) -> int:
        """Up to which update what is wanted of its followers is done."""
        raise NotImplementedError

    def _look_at_place(self) -> None:
        """It leads while it takes writes."""
        self.leading = self.is_first() and self.may_serve()

    # The master

    def _beat(self) -> None:
        for master in self.roster["master"]:
            self.send(master, Alive(self.epoch, self.clock()))
        self.set_timer("beat", ns_from_ms(self.options.replication.heartbeat_ms))

    def on_beat_timeout(self) -> None:
        """Tell the master that it lives."""
        self._beat()
        self._look_at_place()

    def on_granted(self, m: Granted, src: str) -> None:
        """The lease runs from when this replica sent what the master has heard: no later than the master counts."""
        if m.view.open:
            return
        if m.view.epoch > self.view.epoch:
            self._adopt(m.view)
        if self.takes_part() and m.view.epoch == self.epoch:
            self.lease_ns = max(self.lease_ns, m.sent_ns + ns_from_ms(self.options.replication.lease_ms))
            self._look_at_place()

    def on_prepare(self, m: Prepare, src: str) -> None:
        """From now on nothing of an older epoch is taken; what it has is settled."""
        if m.epoch > self.epoch:
            self.epoch, self.reads = m.epoch, ()
            self.save("epoch")
            self._look_at_place()
        if m.epoch == self.epoch:
            self.send(src, Prepared(m.epoch, self.at))

    def on_new_view(self, m: NewView, src: str) -> None:
        """A view that all its members have agreed to."""
        if m.view.epoch > self.view.epoch:
            self._adopt(m.view)

    def _adopt(self, view: View) -> None:
        if view.epoch < self.epoch:
            return
        self.view, self.epoch = view, view.epoch
        self.acked, self.learners, self.reads, self.safe, self.floor = {}, (), (), 0, self.seq
        if self.id in view.members:
            self.following = view.epoch
        self.persist("view", "epoch", "learners", "following")
        self._look_at_place()
        if self.takes_part():
            for follower in self.followers():
                self._ship(follower)
            self._advance()

    # Requests

    def on_request(self, m: Request, src: str) -> None:
        """Serve it, or send it to whom it belongs; refuse it where this replica is cut off from the master."""
        if self.is_copy(m):
            return
        place = self._belongs_to(m)
        if not self.may_serve() or (place != self.id and src != m.client):
            return self.refuse(m)
        if place != self.id:
            return self.send(place, m)
        if m.f == "read":
            return self._read(m)
        if m.number > self.sessions.get(m.client, -1):
            self._take((Change(self.epoch, self.seq + 1, m.client, m.number, m.key, m.value),))
            for follower in self.followers():
                self._ship(follower)
            self._advance()

    def _belongs_to(self, m: Request) -> str:
        """Who writes, and who reads."""
        raise NotImplementedError

    def _read(self, m: Request) -> None:
        """What was read must be safe before anybody hears of it."""
        if self.options.faulty == "reads_without_checking" or self.safe >= self.seq:
            return self._answer_read(m)
        self.reads = (*self.reads, (self.seq, m))

    def _answer_read(self, m: Request) -> None:
        version = self.held(m.key)
        self.send(m.client, Answer(m.number, True, version.value, version.tag, self.view.epoch))

    # Updates

    def _take(self, changes: tuple[Change, ...]) -> None:
        """These updates follow what it has."""
        store, sessions = dict(self.store), dict(self.sessions)
        for change in changes:
            store[change.key] = Version(change.value, Tag(change.epoch, "", change.seq))
            sessions[change.client] = change.number
        self.store, self.sessions = store, sessions
        self.log, self.at = (*self.log, *changes), (changes[-1].epoch, changes[-1].seq)
        self.save(*STATE)

    def _ship(self, follower: str) -> None:
        """Send what the follower lacks, as updates or as the whole state; nothing but a question where one does not know."""
        has = self.acked.get(follower)
        if has is None and follower not in self.learners:
            return self.send(follower, Ship(self.epoch, self.seq + 1, (), 0))
        first = self.log[0].seq if self.log else self.seq + 1
        if has is None or has + 1 < first:
            store, sessions = tuple(sorted(self.store.items())), tuple(sorted(self.sessions.items()))
            return self.send(follower, Transfer(self.epoch, self.at, store, sessions))
        trim = min([self.safe, *(self.acked.get(id, 0) for id in self.followers())])
        self.send(follower, Ship(self.epoch, has + 1, tuple(change for change in self.log if change.seq > has), trim))

    def on_resend_timeout(self) -> None:
        """Send again what followers have not acknowledged, and tell the master again of recruits."""
        self.set_timer("resend", ns_from_ms(self.options.replication.resend_ms))
        if self.takes_part():
            for follower in self.followers():
                if self.acked.get(follower, -1) < self.seq:
                    self._ship(follower)
            self._tell_of_recruits()
            self.report()

    def on_ship(self, m: Ship, src: str) -> None:
        """Updates of the epoch that it follows, in their order."""
        if m.epoch != self.epoch or m.epoch != self.following:
            return
        fresh = tuple(change for change in m.changes if change.seq > self.seq)
        if fresh and fresh[0].seq == self.seq + 1:
            self._take(fresh)
            for follower in self.followers():
                self._ship(follower)
        self.log = tuple(change for change in self.log if change.seq > m.trim)
        self._advance()
        self.send(src, Shipped(m.epoch, self.seq, self.safe))

    def on_transfer(self, m: Transfer, src: str) -> None:
        """The whole state, in place of its own."""
        if m.epoch < self.epoch:
            return
        if m.epoch != self.following or m.at[1] > self.seq:
            self.epoch = self.following = m.epoch
            self.store, self.sessions, self.at, self.log = dict(m.store), dict(m.sessions), m.at, ()
            self.save(*STATE, "epoch", "following")
            self._look_at_place()
            self.note(N_("takes the state of {replica} up to update {seq}"), replica=src, seq=self.seq)
        self.send(src, Shipped(m.epoch, self.seq, self.safe))

    def on_shipped(self, m: Shipped, src: str) -> None:
        """A follower has more, or more is safe behind it."""
        if m.epoch != self.epoch or not self.takes_part() or src not in self.followers():
            return
        unknown = src not in self.acked
        self.acked = {**self.acked, src: max(m.seq, self.acked.get(src, 0))}
        self.heard_safe(src, m.safe)
        if unknown and self.acked[src] < self.seq:
            self._ship(src)
        if self._advance():
            self.report()
        self._tell_of_recruits()

    def heard_safe(self, follower: str, safe: int) -> None:
        """In a chain: what is safe behind the follower is safe here."""

    def _advance(self) -> bool:
        """Answer for what has become safe, and forget updates that nobody lacks; whether anything has become safe."""
        if not self.takes_part():
            return False
        before, self.safe = self.safe, max(self.safe, self.safe_now())
        if self.answers() and (self.safe > before or self.reads):
            self._answer(before)
        if self.is_first() or not self.followers() and self.answers():
            nobody_lacks = min([self.safe, *(self.acked.get(id, 0) for id in self.followers())])
            if self.log and self.log[0].seq <= nobody_lacks:
                self.log = tuple(change for change in self.log if change.seq > nobody_lacks)
        return self.safe > before

    def _answer(self, before: int) -> None:
        for change in self.log:
            if before < change.seq <= self.safe:
                tag = Tag(change.epoch, "", change.seq)
                self.send(change.client, Answer(change.number, True, None, tag, self.view.epoch, copies=self.copies()))
        ready = [m for seq, m in self.reads if seq <= self.safe]
        self.reads = tuple((seq, m) for seq, m in self.reads if seq > self.safe)
        for m in ready:
            if self.may_serve():
                self._answer_read(m)

    def copies(self) -> int:
        """On how many disks an update is that is safe."""
        return len(self.view.members)

    def report(self) -> None:
        """In a chain: tell the one before what is safe."""

    # Recruits

    def on_recruit(self, m: Recruit, src: str) -> None:
        """Give a replica that is no member what it lacks; from now on nothing is safe that it has not."""
        if m.epoch == self.epoch and self.takes_part() and m.replica not in self.learners and m.replica not in self.view.members:
            self.learners = (*self.learners, m.replica)
            self.persist("learners")
            self.acked = {id: has for id, has in self.acked.items() if id != m.replica}
            self._ship(m.replica)

    def _tell_of_recruits(self) -> None:
        for learner in self.learners:
            if self.acked.get(learner, -1) >= max(self.safe, self.floor):
                for master in self.roster["master"]:
                    self.send(master, CaughtUp(self.epoch, learner))
