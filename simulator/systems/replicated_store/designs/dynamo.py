"""Dynamo: always writable. N replicas of each key, W acknowledgements, R answers, and three ways to become equal again.

G. DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007; clients coordinate themselves (section
6.4). The legs W, A, R, S of P. Bailis et al., Probabilistically Bounded Staleness for Practical Partial Quorums, VLDB
2012, are the messages Store, Stored, Fetch, Fetched.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import field_validator

from simulator.engine.clock import S, ns_from_ms
from simulator.engine.words import N_
from simulator.parts.hashing import fingerprint
from simulator.parts.options import Option, quantity
from simulator.parts.quorum import always_meet
from simulator.systems.replicated_store.client import Client
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.merkle import LEAVES, below, differing, leaf_of, tree
from simulator.systems.replicated_store.messages import Entries, Fetch, Fetched, HandedOff, Handoff, Hashes, Store, Stored
from simulator.systems.replicated_store.replica import Replica
from simulator.systems.replicated_store.versions import POLICIES

DYNAMO = "DeCandia et al., SOSP 2007"
HINTS_AT_ONCE = 50
"""Hints that a replica sends to their owners at a time."""


class Dynamo(Option, title=N_("Dynamo (eventual)")):
    __doc__ = N_("Clients write to N replicas of a key and wait for W; read from N and wait for R. Replicas become equal later.")

    name: Literal["dynamo"] = "dynamo"
    n: int = quantity(3, N_("N: replicas of a key"), ge=1, le=15, source=DYNAMO + ", 6", about=N_(
        "Each key has its own order of the replicas; the first N are its owners."))
    w: int = quantity(2, N_("W: acknowledgements of a write"), ge=1, le=15, source=DYNAMO + ", 6")
    r: int = quantity(2, N_("R: answers to a read"), ge=1, le=15, source=DYNAMO + ", 6")
    conflicts: Literal["lww", "siblings", "counter"] = quantity("lww", N_("Conflicting versions"), source=DYNAMO + ", 4.4", labels={
        "lww": N_("the last write wins"), "siblings": N_("siblings, by version vectors"), "counter": N_("a counter that only grows (CRDT)")},
        about=N_("What becomes of two versions that know nothing of each other."))
    fan_out: Literal["all", "quorum"] = quantity("all", N_("Asked"), labels={
        "all": N_("all owners, and the first answers count"), "quorum": N_("as many as are waited for")}, source=DYNAMO + ", 4.5",
        about=N_("Whether an operation goes to all owners of the key, or to W or R of them: those that the client is closest to, or others each time where sessions roam."))
    sloppy: bool = quantity(True, N_("Sloppy quorum"), source=DYNAMO + ", 4.6", about=N_(
        "Whether replicas that do not own a key stand in for owners that do not answer. What they take they keep as a hint."))
    patience_ms: float = quantity(50.0, N_("Stand-ins are asked after"), "ms", ge=0.1, le=3_600_000)
    handoff_ms: float | None = quantity(500.0, N_("Hints are handed over every"), "ms", ge=1, le=86_400_000, source=DYNAMO + ", 4.6",
                                        about=N_("Empty: hinted handoff is off; hints stay where they are."))
    read_repair: bool = quantity(True, N_("Read repair"), source=DYNAMO + ", 5", about=N_(
        "Whether a client that has read sends the newest version to replicas that answered with an older one."))
    anti_entropy_s: float | None = quantity(5.0, N_("Anti-entropy period"), "s", ge=0.01, le=86_400, source=DYNAMO + ", 4.7", about=N_(
        "In each period a replica compares its Merkle tree with that of every other replica. Empty: never."))

    @field_validator("w", "r")
    @classmethod
    def _not_more_than_there_are(cls, count: int, info) -> int:
        if count > info.data.get("n", 15):
            raise ValueError(N_("W and R must not be above N."))
        return count


def _quorums_meet(options) -> bool:
    """Whether a read sees every write that was acknowledged before it began: by last write wins, only while clocks agree."""
    design, clocks = options.replication, options.clocks
    strict = not design.sloppy and always_meet(design.r, design.w, design.n) and design.n <= options.replicas
    return strict and design.conflicts == "lww" and not clocks.skew_ms and not clocks.drift_ppm


@lru_cache(maxsize=16_384)
def preference(key: str, replicas: tuple[str, ...]) -> tuple[str, ...]:
    """The replicas in the key's own order: the first N own it (rendezvous hashing)."""
    return tuple(sorted(replicas, key=lambda id: fingerprint(f"{key}/{id}")))


class Read(NamedTuple):
    """A read that is over, whom it asked, and what they have answered so far."""

    number: int
    key: str
    asked: dict
    answers: dict
    began_ns: int


class Coordinator(Client):
    """A client that coordinates its own operations.

    asked: replica -> the owner it stands in for, or "" where it owns the key. answers: replica -> what it answered.
    writing: what is written.
    read: the last read: owners that answer late with less are repaired, too.
    contexts: key -> what it read last. added: key -> what it has added to a counter, on its disk.
    mending: (key, state, replicas, ns since the read began) of the last repair.
    """

    durable = ("added",)

    def begin(self):
        """Nothing is under way, and nothing known."""
        super().begin()
        self.asked, self.answers, self.writing, self.read = {}, {}, None, None
        self.contexts, self.added, self.repairs, self.mending, self._began_ns = {}, {}, 0, None, 0

    @property
    def policy(self):
        """How versions are merged."""
        return POLICIES[self.options.replication.conflicts]

    @property
    def wanted(self) -> int:
        """How many answers end the operation."""
        design = self.options.replication
        return max(1, (design.r if self.current.f == "read" else design.w) - (self.options.faulty == "quorum_is_not_one"))

    def write_is_called(self) -> str:
        """A write, or an addition to a counter."""
        return self.policy.called

    def count(self, key: str, value: int) -> None:
        """It has added that much more."""
        self.added = {**self.added, key: self.added.get(key, 0) + value}
        self.persist("added")

    def carry_out(self) -> None:
        """Ask the owners of the key."""
        asked, self._began_ns = self.current, self.clock()
        if asked.f != "read":
            before = self.contexts.get(asked.key, self.policy.empty)
            self.writing = self.policy.written(asked, self, before)
            self.contexts = {**self.contexts, asked.key: self.policy.merge(before, self.writing)}
        self.answers, self.asked = {}, dict.fromkeys(self._targets(), "")
        self._send(tuple(self.asked))
        if self.options.replication.sloppy:
            self.set_timer("patience", ns_from_ms(self.options.replication.patience_ms))

    def _targets(self) -> list[str]:
        design, replicas = self.options.replication, self.roster["replica"]
        owners = list(preference(self.current.key, replicas)[:design.n])
        if design.fan_out == "all":
            return owners
        if self.options.sessions == "roaming":
            return [owners.pop(self.below(len(owners))) for _ in range(self.wanted)]
        here = replicas.index(self.home)
        return sorted(owners, key=lambda id: (replicas.index(id) - here) % len(replicas))[:self.wanted]

    def _send(self, replicas) -> None:
        asked = self.current
        for id in replicas:
            owner = self.asked[id] or None
            self.send(id, Fetch(asked.number, asked.key) if asked.f == "read" else Store(asked.number, asked.key, self.writing, owner))

    def on_patience_timeout(self) -> None:
        """Owners that do not answer: the next replicas in the key's order stand in for them."""
        if self.current is None:
            return
        missing = [owner or id for id, owner in self.asked.items() if id not in self.answers]
        fresh = [id for id in preference(self.current.key, self.roster["replica"]) if id not in self.asked]
        standing = dict(zip(fresh, missing, strict=False))
        if standing:
            self.asked = {**self.asked, **standing}
            self._send(tuple(standing))
            self.set_timer("patience", ns_from_ms(self.options.replication.patience_ms))

    def on_stored(self, m: Stored, src: str) -> None:
        """Once W have it, it is written."""
        if self.current is None or m.number != self.current.number:
            return
        self.answers = {**self.answers, src: self.writing}
        if len(self.answers) == self.wanted:
            self.cancel_timer("patience")
            self.finish("ok", None, self.policy.tag(self.writing), copies=self.wanted)

    def on_fetched(self, m: Fetched, src: str) -> None:
        """Once R have answered, the newest of it is read; who has less is repaired, also when it answers late."""
        if self.current is not None and m.number == self.current.number:
            self.answers = {**self.answers, src: m.state}
            if len(self.answers) == self.wanted:
                self._over()
        elif self.read is not None and m.number == self.read.number:
            self._repair(self.read._replace(answers={**self.read.answers, src: m.state}))

    def _over(self) -> None:
        self.cancel_timer("patience")
        key = self.current.key
        state = self._repair(Read(self.current.number, key, self.asked, self.answers, self._began_ns))
        self.contexts = {**self.contexts, key: self.policy.merge(self.contexts.get(key, self.policy.empty), state)}
        self.finish("ok", self.policy.told(state), self.policy.tag(state))

    def _repair(self, read: Read):
        """Send what all answers come to, to the owners that answered with less; what they come to."""
        merged = self.policy.empty
        for state in read.answers.values():
            merged = self.policy.merge(merged, state)
        stale = [id for id, state in read.answers.items() if state != merged and not read.asked.get(id)]
        if stale and self.options.replication.read_repair:
            read = read._replace(answers={**read.answers, **dict.fromkeys(stale, merged)})
            self.repairs, self.mending = self.repairs + len(stale), (read.key, merged, tuple(stale), self.clock() - read.began_ns)
            if self.options.faulty != "read_repair_is_missing":
                self.broadcast(Store(read.number, read.key, merged), stale)
        self.read = read
        return merged


@design(
    order=50,
    owners=lambda options, key, replicas: preference(key, replicas)[:options.replication.n],
    config=Dynamo,
    client=Coordinator,
    fresh=lambda options: "regular" if _quorums_meet(options) else "",
    copies=lambda options: options.replication.w if options.replication.conflicts == "lww" else 0,
    twins={
        "read_repair_is_missing": N_("Dynamo: a client that reads an old version from a replica never sends it the newer one."),
        "hints_go_before_they_arrive": N_("Dynamo: a hint is deleted when it is sent, not when its owner says that it has it."),
    },
)
class DynamoReplica(Replica):
    """store: what it has of the keys that it owns. hints: (owner, key) -> what it keeps for one that could not be reached.

    mended: keys that Merkle trees have brought up to date here. given: hints that their owners have taken.
    """

    durable = ("store", "hints")

    def begin(self):
        """It has nothing."""
        super().begin()
        self.hints, self.mended, self.given, self._turn = {}, 0, 0, 0

    def on_start(self):
        """Compare trees with the others, one after the other, and hand over hints."""
        super().on_start()
        self._rearm()

    def _rearm(self) -> None:
        design = self.options.replication
        if design.anti_entropy_s is not None and self.peers:
            self.set_timer("anti_entropy", int(design.anti_entropy_s * S / len(self.peers)))
        if design.handoff_ms is not None and self.hints:
            self.set_timer("handoff", ns_from_ms(design.handoff_ms))

    @property
    def policy(self):
        """How versions are merged."""
        return POLICIES[self.options.replication.conflicts]

    def held(self, key: str):
        """Everything that it has of the key, hints included."""
        state = self.store.get(key, self.policy.empty)
        for (_owner, hinted), more in self.hints.items():
            if hinted == key:
                state = self.policy.merge(state, more)
        return state

    @staticmethod
    def keeps(holds: dict, key: str, tag) -> bool:
        """Also as a hint."""
        hints = [state for (_owner, hinted), state in holds.get("hints", {}).items() if hinted == key]
        return Replica.keeps(holds, key, tag) or any(state.tag >= tag for state in hints)

    def on_fetch(self, m: Fetch, src: str) -> None:
        """What it has."""
        self.send(src, Fetched(m.number, m.key, self.held(m.key)))

    def on_store(self, m: Store, src: str) -> None:
        """Merge it into what it has, or keep it for its owner."""
        if m.owner is None:
            self._merge(m.key, m.state)
        else:
            first, before = not self.hints, self.hints.get((m.owner, m.key), self.policy.empty)
            self.hints = {**self.hints, (m.owner, m.key): self.policy.merge(before, m.state)}
            self.save("hints")
            if self.options.replication.handoff_ms is not None and first:
                self.set_timer("handoff", ns_from_ms(self.options.replication.handoff_ms))
        self.send(src, Stored(m.number, m.key))

    def _merge(self, key: str, state) -> bool:
        """Whether that changed anything."""
        before = self.store.get(key, self.policy.empty)
        merged = self.policy.merge(before, state)
        if merged == before:
            return False
        self.store = {**self.store, key: merged}
        self.save("store")
        return True

    # Hinted handoff

    def on_handoff_timeout(self) -> None:
        """Send hints to their owners, until they say that they have them."""
        for (owner, key), state in list(self.hints.items())[:HINTS_AT_ONCE]:
            self.send(owner, Handoff(key, state))
            if self.options.faulty == "hints_go_before_they_arrive":
                self._forget(owner, key)
        if self.hints:
            self.set_timer("handoff", ns_from_ms(self.options.replication.handoff_ms))

    def on_handoff(self, m: Handoff, src: str) -> None:
        """Something that was written while this replica could not be reached."""
        self._merge(m.key, m.state)
        self.send(src, HandedOff(m.key, m.state))

    def on_handed_off(self, m: HandedOff, src: str) -> None:
        """The owner has it on its disk; unless something was added meanwhile, the hint can go."""
        if self.hints.get((src, m.key)) == m.state:
            self._forget(src, m.key)
            self.given += 1

    def _forget(self, owner: str, key: str) -> None:
        self.hints = {place: state for place, state in self.hints.items() if place != (owner, key)}
        self.save("hints")

    # Anti-entropy

    def on_anti_entropy_timeout(self) -> None:
        """Compare roots with the next replica."""
        self._turn += 1
        peer = self.peers[self._turn % len(self.peers)]
        self.send(peer, Hashes(((1, tree(self._shared(peer))[1]),)))
        self.set_timer("anti_entropy", int(self.options.replication.anti_entropy_s * S / len(self.peers)))

    def _shared(self, peer: str) -> dict:
        """What it has of the keys that both own."""
        replicas, n = self.roster["replica"], self.options.replication.n
        return {key: state for key, state in self.store.items()
                if peer in (owners := preference(key, replicas)[:n]) and self.id in owners}

    def on_hashes(self, m: Hashes, src: str) -> None:
        """Go down where the trees differ; at the leaves, send what is there."""
        shared = self._shared(src)
        own = tree(shared)
        nodes = differing(own, m.nodes)
        leaves = tuple(node for node in nodes if node >= LEAVES)
        inner = [node for node in nodes if node < LEAVES]
        if inner:
            self.send(src, Hashes(below(own, inner)))
        if leaves:
            self.send(src, Entries(leaves, _in(leaves, shared), True))

    def on_entries(self, m: Entries, src: str) -> None:
        """Merge what the other has, and answer with what it lacks."""
        self.mended += sum(self._merge(key, state) for key, state in m.entries)
        if m.answer:
            theirs = dict(m.entries)
            own = _in(m.leaves, self._shared(src))
            self.send(src, Entries(m.leaves, tuple((key, state) for key, state in own if theirs.get(key) != state), False))


def _in(leaves: tuple, states: dict) -> tuple:
    """(key, state) of the keys of these leaves, in order."""
    return tuple((key, states[key]) for key in sorted(states) if leaf_of(key) in leaves)
