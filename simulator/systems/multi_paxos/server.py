"""A server of multi-Paxos: acceptor, replica, and leader when it is elected.

Lamport 2001, section 3: a leader does phase 1 once for all slots, then only phase 2, a slot for each
command; a new leader finishes what was begun, and fills what is left open with no-ops.
"""

from simulator.engine.actor import Node
from simulator.engine.clock import MS, ns_from_ms
from simulator.engine.words import N_
from simulator.parts.ballot import Ballot, lower
from simulator.systems.multi_paxos.config import quorum
from simulator.systems.multi_paxos.messages import (
    NOOP, Accept, Accepted, Ask, Command, Decided, Heartbeat, Preempted, Prepare, Promise, Redirect, Reply, Request, Response, State, Vote)


def placed(slots: dict[int, object], slot: int, value) -> dict[int, object]:
    """`slots` with `value` at `slot`, in the order of the slots."""
    more = {**slots, slot: value}
    in_order = slot in slots or not slots or slot > next(reversed(slots))
    return more if in_order else dict(sorted(more.items()))


class Acceptor(Node):
    """Votes, for all slots under one promise.

    promised: no ballot below it is accepted. accepted: slot -> vote; of slots that this server has executed
    it needs none any more, for they are decided, and whoever lacks them can ask for them.
    """

    def begin(self):
        """Nothing promised, nothing accepted."""
        super().begin()
        self.promised, self.accepted = None, {}

    def on_prepare(self, m: Prepare, src: str):
        """Phase 1b, for all slots at once: promise, if the number is higher than any before."""
        if self.promised is not None and m.ballot <= self.promised:
            if m.ballot < self.promised:
                self.send(src, Preempted(m.ballot, self.promised))
            return
        self.promised = m.ballot
        if self.options.faulty != "promise_is_not_persisted":
            self.persist("promised")
        if src != self.id:
            self.follow(None)
        votes = tuple((slot, vote) for slot, vote in self.accepted.items() if slot >= m.first)
        self.send(src, Promise(m.ballot, self.applied, votes))

    def on_accept(self, m: Accept, src: str):
        """Phase 2b: accept, unless a higher number was promised."""
        if lower(m.ballot, self.promised):
            return self.send(src, Preempted(m.ballot, self.promised))
        self.promised = m.ballot
        if m.slot > self.applied:
            self.accepted = placed(self.accepted, m.slot, Vote(m.ballot, m.command))
        self.persist("promised", *Replica.kept)
        self.follow(src)
        self.send(src, Accepted(m.ballot, m.slot))


class Replica(Node):
    """Executes the commands of all slots in their order, on a store of registers.

    log: slot -> command that was decided; those up to `floor` are forgotten. applied: the last slot that
    was executed. replies: client -> its last command and the answer. executed: commands that had an effect
    or an answer of their own, no-ops and repetitions left out.
    """

    kept = ("accepted", "log", "floor", "applied", "store", "replies", "executed")

    def begin(self):
        """An empty log and an empty store."""
        super().begin()
        self.log, self.floor, self.applied = {}, 0, 0
        self.store, self.replies, self.executed = {}, {}, 0
        self.copies = 0

    def on_decided(self, m: Decided, src: str):
        """The leader tells, or another replica that was asked."""
        self.decide(m.slot, m.command)

    def decide(self, slot: int, command: Command):
        """The command of `slot` is known; execute what can be executed."""
        if slot <= self.applied or slot in self.log:
            return
        self.log = placed(self.log, slot, command)
        self.execute()

    def execute(self):
        """The commands of all slots that come next."""
        before = self.applied
        while (slot := self.next_known()) is not None:
            self.apply(self.log[slot])
            self.applied = slot
        if self.applied > before:
            self.forget()
            self.persist(*Replica.kept, force=False)

    def next_known(self) -> int | None:
        """The slot to be executed next, if its command is known."""
        if self.options.faulty == "skips_gaps":
            return min((slot for slot in self.log if slot > self.applied), default=None)
        return self.applied + 1 if self.applied + 1 in self.log else None

    def apply(self, command: Command):
        """Execute a command, once only however often it is repeated, and answer if it is up to this server."""
        if command == NOOP:
            return
        last = self.replies.get(command.client)
        if last is None or command.number > last.number or self.options.faulty == "duplicates_are_executed":
            if command.f == "write":
                self.store = {**self.store, command.key: command.value}
            last = Reply(command.number, self.store.get(command.key))
            self.replies = {**self.replies, command.client: last}
            self.executed += 1
        self.answer(command.client, last)

    def forget(self):
        """Slots far behind the last one that was executed, and votes for slots that were."""
        self.floor = max(self.floor, self.applied - self.options.log_kept)
        if any(slot <= self.floor for slot in self.log):
            self.log = {slot: command for slot, command in self.log.items() if slot > self.floor}
        if any(slot <= self.applied for slot in self.accepted):
            self.accepted = {slot: vote for slot, vote in self.accepted.items() if slot > self.applied}

    def on_ask(self, m: Ask, src: str):
        """Another replica lacks slots: tell it, or where they are forgotten, give it a copy of the state."""
        if m.applied < self.floor:
            return self.send(src, State(self.applied, self.store, self.replies, self.executed))
        for slot, command in self.log.items():
            if slot > m.applied:
                self.send(src, Decided(slot, command))

    def on_state(self, m: State, src: str):
        """A copy of a state that is further on takes the place of its own."""
        if m.applied <= self.applied:
            return
        self.applied, self.store, self.replies, self.executed = m
        self.floor = max(self.floor, m.applied)
        self.copies += 1
        self.note(N_("{node} takes over the state of {other} after slot {slot}."), node=self.id, other=src, slot=m.applied)
        self.forget()
        self.persist(*Replica.kept)
        self.execute()


class Server(Replica, Acceptor):
    """Also leads, when it is elected.

    phase: following, preparing or leading. ballot: its own, the last it used; number: the highest it must
    exceed. leader: whom it follows. promises: server -> what it has executed. found: slot -> the highest vote that the
    promises tell of. lacking: slots up to here are executed elsewhere. proposals: slot -> command, not decided yet. votes: slot -> who accepted.
    """

    role = "server"
    durable = ("number", "promised", *Replica.kept)

    def begin(self):
        """It follows, and knows of no leader."""
        super().begin()
        self.phase, self.leader, self.number, self.ballot = "following", None, 0, None
        self.promises, self.found = {}, {}
        self.proposals, self.votes, self.next_slot, self.lacking = {}, {}, 1, 0
        self._overdue: tuple[int, ...] = ()
        self._since, self._commits, self._commit_ns = {}, 0, 0

    def on_start(self):
        """A leader may be there already."""
        self.wait_for_leader()

    def wait_for_leader(self):
        """Hearing of none until then, it wants to lead."""
        least, most = self.options.election_minimum_ms, self.options.election_maximum_ms
        self.set_timer("election", int((least + (most - least) * self.uniform()) * MS))

    def follow(self, leader: str | None):
        """Somebody else leads, or tries to."""
        if leader == self.id:
            return
        if self.phase != "following":
            self.step_down()
        self.leader = leader
        self.wait_for_leader()

    def step_down(self):
        """It no longer leads, nor tries to."""
        self.phase, self.leader = "following", None
        self.promises, self.found, self.proposals, self.votes = {}, {}, {}, {}
        self.cancel_timer("heartbeat")

    # Phase 1, once for all slots

    def on_election_timeout(self):
        """Phase 1a, with a number that it remembers even if it fails."""
        if self.phase == "leading" and self.applied >= self.lacking:
            return
        self.number = max(self.number, self.promised.number if self.promised else 0) + 1
        self.ballot, self.phase, self.leader = Ballot(self.number, self.id), "preparing", None
        self.promises, self.found, self.proposals, self.votes = {}, {}, {}, {}
        self.persist("number")
        self.broadcast(Prepare(self.ballot, self.applied + 1), self.roster["server"])
        self.wait_for_leader()

    def on_promise(self, m: Promise, src: str):
        """With a quorum of promises it leads."""
        if m.ballot != self.ballot or self.phase != "preparing":
            return
        self.promises = {**self.promises, src: m.applied}
        if self.options.faulty != "ignores_accepted":
            higher = {slot: vote for slot, vote in m.accepted if slot not in self.found or vote.ballot > self.found[slot].ballot}
            self.found = {**self.found, **higher}
        if len(self.promises) >= quorum(self.options):
            self.reach("elected")
            self.lead()

    def lead(self):
        """Propose anew what may have been chosen, and no-ops in the gaps between; ask for what others have executed."""
        self.phase, self.leader = "leading", self.id
        self.note(N_("{node} leads with number {number}."), node=self.id, number=self.number)
        first = max(self.applied, *self.promises.values()) + 1
        self.lacking = first - 1
        if self.applied == self.lacking:
            self.cancel_timer("election")  # else it starts anew where nobody can tell it in time
        self.next_slot = max(first - 1, *self.found, *self.log, self.applied) + 1
        for slot in range(first, self.next_slot):
            if slot not in self.log:
                self.propose(slot, self.found[slot].command if slot in self.found else NOOP)
        self.on_heartbeat_timeout()

    # Phase 2, for each slot

    def on_request(self, m: Request, src: str):
        """The next free slot is the command's; only the leader takes it, and only what it has not answered yet."""
        command = m.command
        if self.phase != "leading":
            return self.send(src, Redirect(command.number, self.leader))
        last = self.replies.get(command.client)
        if last is not None and command.number <= last.number:
            return self.answer(command.client, last)
        if command.f == "read" and self.options.faulty == "reads_without_asking":
            return self.send(src, Response(command.number, self.store.get(command.key)))
        self.next_slot += 1
        self.propose(self.next_slot - 1, command)

    def propose(self, slot: int, command: Command):
        """Phase 2a."""
        self.proposals, self.votes = {**self.proposals, slot: command}, {**self.votes, slot: frozenset()}
        self._since = {**self._since, slot: self.clock()}
        self.broadcast(Accept(self.ballot, slot, command), self.roster["server"])

    def on_accepted(self, m: Accepted, src: str):
        """With a quorum of votes the command is chosen."""
        if m.ballot != self.ballot or self.phase != "leading" or m.slot not in self.proposals:
            return
        self.votes = {**self.votes, m.slot: self.votes[m.slot] | {src}}
        if len(self.votes[m.slot]) < quorum(self.options):
            return
        self.reach("chosen")
        command = self.proposals[m.slot]
        self.proposals = {slot: other for slot, other in self.proposals.items() if slot != m.slot}
        self.votes = {slot: who for slot, who in self.votes.items() if slot != m.slot}
        self._commits, self._commit_ns = self._commits + 1, self._commit_ns + self.clock() - self._since[m.slot]
        self._since = {slot: at_ns for slot, at_ns in self._since.items() if slot in self.proposals}
        self.broadcast(Decided(m.slot, command), [server for server in self.roster["server"] if server != self.id])
        self.decide(m.slot, command)

    def answer(self, client: str, reply: Reply):
        """The leader tells the client."""
        if self.phase == "leading":
            self.send(client, Response(*reply))

    def on_preempted(self, m: Preempted, src: str):
        """Somebody else has a higher number."""
        if m.ballot == self.ballot and self.phase != "following":
            self.number = max(self.number, m.promised.number)
            self.step_down()
            self.wait_for_leader()

    # What keeps it going

    def on_heartbeat_timeout(self):
        """Tell that it is there, and repeat what has not been answered for a whole heartbeat."""
        others = [server for server in self.roster["server"] if server != self.id]
        self.broadcast(Heartbeat(self.ballot, self.applied), others)
        if self.applied < self.lacking:
            self.broadcast(Ask(self.applied), [server for server in others if self.promises.get(server, 0) > self.applied])
        for slot in self._overdue:
            if slot in self.proposals:
                missing = [server for server in self.roster["server"] if server not in self.votes[slot]]
                self.broadcast(Accept(self.ballot, slot, self.proposals[slot]), missing)
        self._overdue = tuple(sorted(self.proposals))
        self.set_timer("heartbeat", ns_from_ms(self.options.heartbeat_ms))

    def on_heartbeat(self, m: Heartbeat, src: str):
        """The leader is there; it may have executed more than this server."""
        if lower(m.ballot, self.promised):
            return self.send(src, Preempted(m.ballot, self.promised))
        self.follow(src)
        if m.applied > self.applied:
            self.send(src, Ask(self.applied))
