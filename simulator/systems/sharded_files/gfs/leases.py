"""The part of the master that decides who is primary: versions and leases (paper, sections 3.1 and 4.5).

A chunk is raised to a new version before every lease and before it is cloned. A number counts only once every replica that was told
of it has it on its disk: whoever does not answer is left out under a higher number, so that a replica of the current version has
never missed a lease of it. (The paper has one number; here the log also says which was told, so that a restart forgets none.)
"""

from typing import NamedTuple

from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.gfs.messages import ChunksFound, FindChunks, GrantLease, LeaseRevoked, NewVersion, RevokeLease, VersionKnown, Where
from simulator.systems.sharded_files.gfs.space import Entry

LEASE, CLONE = "lease", "clone"


class Lease(NamedTuple):
    """Who is primary of a version until when, by the master's clock; revoked: it was given back."""

    version: int
    primary: str
    secondaries: tuple[str, ...]
    until_ns: int
    revoked: bool = False


class Raising(NamedTuple):
    """A version that is being raised. number 0: the lease before has to end first. told: who has to write it down, known: who has."""

    purpose: str
    number: int = 0
    told: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


class Leases:
    """_leases, _raising: by handle. _waiting: handle -> requests (client, FindChunks) that wait for a lease. _where: handle -> node -> version."""

    def begin_leases(self) -> None:
        """Nothing is known of leases, and nothing of where replicas are."""
        self._leases, self._raising, self._waiting, self._where = {}, {}, {}, {}
        self._safe_ns = 0

    def up_to_date(self, handle: int) -> tuple[str, ...]:
        """Who has the current version, as far as is known, and is not thought dead."""
        current = self._space.versions[handle].current
        return tuple(node for node, version in self._where.get(handle, {}).items() if version >= current and node in self._heard)

    def leased(self, handle: int) -> bool:
        """Whether somebody may still be primary."""
        lease = self._leases.get(handle)
        if self.options.faulty == "lease_is_not_waited_out":
            return False
        return self.clock() < self._safe_ns if lease is None else not lease.revoked and self.clock() < lease.until_ns

    def grant(self, client: str, m: FindChunks, handle: int) -> None:
        """Tell the client who is primary of the chunk, as soon as somebody is."""
        lease = self._leases.get(handle)
        if lease is not None and lease.version != m.failed and not lease.revoked and self.clock() < lease.until_ns and handle not in self._raising:
            return self._tell(client, m, handle, lease)
        waiting = tuple(one for one in self._waiting.get(handle, ()) if one[0] != client)
        self._waiting = {**self._waiting, handle: (*waiting, (client, m))}
        if handle not in self._raising and handle not in self.clones:
            self.raise_version(handle, LEASE)

    def _tell(self, client: str, m: FindChunks, handle: int, lease: Lease) -> None:
        file = self._space.files.get(m.file)
        if file is None or handle not in file.chunks:
            return self.send(client, ChunksFound(m.serial, False, ()))
        replicas = (lease.primary, *lease.secondaries)
        self.given = ((handle, replicas),)
        found = Where(file.chunks.index(handle), handle, lease.version, replicas, lease.primary)
        self.send(client, ChunksFound(m.serial, True, (found,)))

    # Raising

    def raise_version(self, handle: int, purpose: str, targets: tuple[str, ...] = ()) -> None:
        """Begin; targets: where the chunk is to be made, if it is new."""
        if handle not in self._space.versions:
            return self._give_up(handle)
        self._raising = {**self._raising, handle: Raising(purpose, told=targets)}
        lease = self._leases.get(handle)
        if self.leased(handle) and self._space.versions[handle].current > 0:
            if lease is not None:
                self.send(lease.primary, RevokeLease(handle, lease.version))
            left_ns = (lease.until_ns if lease is not None else self._safe_ns) - self.clock()
            self.set_timer("lease", max(1, min(left_ns, ns_from_ms(self.options.design.retry_ms))), handle)
        else:
            self._tell_replicas(handle)

    def on_lease_timeout(self, handle: int) -> None:
        """The lease is over, or the wish to have it back is repeated."""
        raising = self._raising.get(handle)
        if raising is not None and raising.number == 0:
            self.raise_version(handle, raising.purpose, raising.told)

    def on_lease_revoked(self, m: LeaseRevoked, src: str) -> None:
        """The lease was given back."""
        lease = self._leases.get(m.handle)
        if lease is not None and (lease.version, lease.primary) == (m.version, src):
            self._leases = {**self._leases, m.handle: lease._replace(revoked=True)}
            self.on_lease_timeout(m.handle)

    def _tell_replicas(self, handle: int) -> None:
        raising = self._raising[handle]
        if handle not in self._space.versions:
            return self._give_up(handle)
        fresh, there = self._space.versions[handle].current == 0, self.up_to_date(handle)
        targets = (raising.told or (*there, *self.choose(self.options.design.replication - len(there), there))) if fresh else there
        if not targets:
            return self._give_up(handle)
        if self.options.faulty == "version_is_not_raised" and not fresh:
            number = self._space.versions[handle].current
            self._raising = {**self._raising, handle: raising._replace(number=number, told=targets, known=targets)}
            return self._raised(handle)
        number = self._space.versions[handle].told + 1
        self.log(Entry("told", handle=handle, number=number))
        self._raising = {**self._raising, handle: Raising(raising.purpose, number, targets)}
        self.broadcast(NewVersion(handle, number, fresh), targets)
        self.set_timer("version", ns_from_ms(self.options.design.retry_ms), handle)

    def on_version_timeout(self, handle: int) -> None:
        """Who has not answered is left out, under a higher number; nobody has: it is tried again when somebody asks."""
        raising = self._raising.get(handle)
        if raising is None:
            return
        if self.options.faulty == "counts_without_an_answer" and raising.known and handle in self._space.versions:
            self._raising = {**self._raising, handle: raising._replace(told=raising.known)}
            return self._counts(handle)
        for node in raising.told:
            if node not in raising.known:
                self._where = {**self._where, handle: {other: at for other, at in self._where.get(handle, {}).items() if other != node}}
        if handle in self._space.versions and self._space.versions[handle].current == 0:
            more = self.choose(self.options.design.replication - len(raising.known), there=raising.told)
            self._raising = {**self._raising, handle: raising._replace(told=(*raising.known, *more))}
        self._tell_replicas(handle)

    def _give_up(self, handle: int) -> None:
        """No replica can be had now: whoever waits asks again."""
        self.cancel_timer("version", handle)
        self._raising = {other: raising for other, raising in self._raising.items() if other != handle}
        self._waiting = {other: waiting for other, waiting in self._waiting.items() if other != handle}

    def on_version_known(self, m: VersionKnown, src: str) -> None:
        """One more replica has the new version."""
        raising = self._raising.get(m.handle)
        if raising is None or raising.number != m.version or src not in raising.told or src in raising.known:
            return
        if m.handle not in self._space.versions:
            return self._give_up(m.handle)
        raising = raising._replace(known=(*raising.known, src))
        self._raising = {**self._raising, m.handle: raising}
        self._where = {**self._where, m.handle: {**self._where.get(m.handle, {}), src: m.version}}
        if len(raising.known) == len(raising.told):
            self._counts(m.handle)

    def _counts(self, handle: int) -> None:
        self.log(Entry("version", handle=handle, number=self._raising[handle].number))
        self._raised(handle)

    def _raised(self, handle: int) -> None:
        """Everybody has the version: grant the lease, or clone."""
        raising = self._raising[handle]
        self.cancel_timer("version", handle)
        self._raising = {other: one for other, one in self._raising.items() if other != handle}
        self._leases = {other: lease for other, lease in self._leases.items() if other != handle}
        waiting, self._waiting = self._waiting.get(handle, ()), {other: one for other, one in self._waiting.items() if other != handle}
        if raising.purpose == CLONE:
            self._waiting = {**self._waiting, handle: waiting}
            return self.clone(handle, raising.number)
        primary = raising.known[self.below(len(raising.known))]
        secondaries = tuple(node for node in raising.known if node != primary)
        lease = Lease(raising.number, primary, secondaries, self.clock() + round(self.options.design.lease_s * S))
        self._leases = {**self._leases, handle: lease}
        self.send(primary, GrantLease(handle, lease.version, lease.until_ns, secondaries))
        for client, m in waiting:
            self._tell(client, m, handle, lease)
