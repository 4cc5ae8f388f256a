"""The state machine: registers by key, with a session for each client so that a repeated command takes effect once.

A session remembers the serial of the client's last command and its result (paper, section 8; dissertation, 6.3).
"""

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.election import LEADER
from simulator.systems.raft.messages import ClientReply, Command, InstallSnapshot, InstallSnapshotReply, Snapshot


class StateMachine:
    """The part of a Server that applies what is committed, and replaces it by snapshots (paper, section 7)."""

    def commit_to(self, index: int) -> None:
        """Everything up to `index` is committed: apply it, in the order of the log."""
        if index <= self.commit_index:
            return
        self.commit_index = index
        if self.standing == LEADER:
            self.reach("committed")
        while self.last_applied < self.commit_index:
            entry = logs.entry_at(self.snapshot, self.log, self.last_applied + 1)
            self.last_applied = entry.index
            self._apply(entry.command)
        if len(self.log) >= self.options.snapshot_after and not self._compacting:
            self._compacting = True
            self.set_timer("snapshot", ns_from_ms(self.options.snapshot_ms))

    def _apply(self, command: Command) -> None:
        if command.client is None:
            return
        serial, result = self.sessions.get(command.client, (0, None))
        if command.serial > serial or self.options.faulty == "forgets_sessions":
            result = self._effect(command)
            self.sessions = {**self.sessions, command.client: (command.serial, result)}
        elif command.serial < serial:
            return  # the client has gone on since
        if self.standing == LEADER:
            self.send(command.client, ClientReply(command.serial, True, result, self.id))

    def _effect(self, command: Command):
        if command.f == "read":
            return self.store.get(command.key)
        self.store = {**self.store, command.key: command.value}
        return None

    # Snapshots

    def on_snapshot_timeout(self) -> None:
        """The snapshot is on the disk: it takes the place of the entries that were applied."""
        self._compacting = False
        index = min(self.last_applied, logs.last_index(self.snapshot, self.log))  # less only in a bad twin, which loses entries
        self.snapshot, self.log = Snapshot(
            index, logs.term_at(self.snapshot, self.log, index), tuple(sorted(self.store.items())), tuple(sorted(self.sessions.items())),
            self._servers_at(index)), logs.following(self.snapshot, self.log, index, len(self.log))
        self.save("log", "snapshot")

    def _servers_at(self, index: int) -> tuple[str, ...]:
        """The configuration as of entry `index`, which may not be the latest."""
        applied = self.log[:index - self.snapshot.last_index]
        return logs.latest_servers(self.snapshot, applied, self.initial_servers())[0]

    def on_install_snapshot(self, m: InstallSnapshot, src: str) -> None:
        """Take the leader's snapshot in place of a log that is too old; keep entries that follow it (figure 13)."""
        if not self.heard_from(m.term, src):
            return self.send(src, InstallSnapshotReply(self.term, 0, m.round))
        index = m.snapshot.last_index
        if index > self.commit_index:
            same = logs.term_at(self.snapshot, self.log, index) == m.snapshot.last_term
            self.log = logs.following(self.snapshot, self.log, index, len(self.log)) if same else ()
            self.snapshot = m.snapshot
            self.recover()
            self.save("log", "snapshot")
            self._installed += 1
            self.note(N_("installs the snapshot of {leader} up to entry {index}"), leader=src, index=index)
        self.send(src, InstallSnapshotReply(self.term, index, m.round))

    def on_install_snapshot_reply(self, m: InstallSnapshotReply, src: str) -> None:
        """The follower has the snapshot: go on with the entries behind it."""
        if not self.deposed_by(m.term) and self.standing == LEADER and m.term == self.term and src in self.next_index:
            self.matched(src, m.index, m.round)

    def recover(self) -> None:
        """State machine, sessions and configuration as the snapshot and the log have them."""
        self.commit_index = self.last_applied = self.snapshot.last_index
        self.store, self.sessions = dict(self.snapshot.store), dict(self.snapshot.sessions)
        self.members, self.members_index = self.latest_servers()
