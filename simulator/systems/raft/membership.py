"""Changes of the configuration, one server at a time (dissertation, chapter 4).

Each server uses the latest configuration in its log, committed or not. Two configurations that differ by
one server have a server in common in any two majorities, so they need no transition between them.
"""

from typing import NamedTuple

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.election import LEADER
from simulator.systems.raft.messages import AddServer, Command, Joining, MembershipReply, RemoveServer

ROUNDS = 10
"""Rounds in which a new server may catch up (4.2.1)."""
FEWEST = 2
"""Servers that must be left: a configuration of one could lose nothing without losing everything."""


class Change(NamedTuple):
    """A change that the leader is at. goal: what a new server must have; 0 where it need not catch up (any more)."""

    server: str
    adds: bool
    asked_by: str
    round: int
    goal: int
    began_ns: int


class Membership:
    """The part of a Server that changes who belongs to the cluster."""

    def initial_servers(self) -> tuple[str, ...]:
        """The servers that the run began with; one that joins later knows none until the log tells it."""
        servers = self.roster["server"]
        return servers if self.id in servers else ()

    def latest_servers(self) -> tuple[tuple[str, ...], int]:
        """(servers, index of the entry) of the latest configuration in the log."""
        return logs.latest_servers(self.snapshot, self.log, self.initial_servers())

    def report(self) -> None:
        """A new machine is there; repeated until it hears of a configuration."""
        self.send(self.roster["administrator"][0], Joining())

    def others(self) -> tuple[str, ...]:
        """The other servers of the configuration."""
        return tuple(member for member in self.members if member != self.id)

    def followers(self) -> tuple[str, ...]:
        """Whom the leader replicates to: the others, and a new server that is catching up."""
        change = self.change
        catching_up = change is not None and change.adds and change.server not in self.members
        return (*self.others(), change.server) if catching_up else self.others()

    def is_majority(self, count: int) -> bool:
        """Whether `count` servers are more than half of the configuration."""
        return 2 * count > len(self.members)

    def on_add_server(self, m: AddServer, src: str) -> None:
        """Let the new server catch up, then append the configuration with it."""
        if self._takes_change(m.server, src, m.server in self.members):
            self.note(N_("lets {server} catch up"), server=m.server)
            end = logs.last_index(self.snapshot, self.log)
            self.change = Change(m.server, True, src, 1, end, self.clock())
            self.next_index = {**self.next_index, m.server: end + 1}
            self.match_index = {**self.match_index, m.server: 0}
            self._watch_progress()
            self.replicate(m.server)

    def on_remove_server(self, m: RemoveServer, src: str) -> None:
        """Append the configuration without the server, as soon as the one before is committed."""
        if self._takes_change(m.server, src, m.server not in self.members or len(self.members) <= FEWEST):
            self.change = Change(m.server, False, src, 0, 0, self.clock())
            self.membership_settled()

    def _takes_change(self, server: str, src: str, pointless: bool) -> bool:
        """Whether to begin now; else the administrator hears why not."""
        if self.standing != LEADER:
            status = "not leader"
        elif self.change is not None and self.options.faulty != "changes_two_servers_at_once":
            status = "busy"
        elif pointless:
            status = "ok" if self.members_index <= self.commit_index else "busy"
        else:
            return True
        self.send(src, MembershipReply(server, status, self.leader))
        return False

    def caught_up(self, peer: str) -> None:
        """A new server has come to the goal of a round; the next round is what was appended meanwhile (4.2.1)."""
        change = self.change
        if change is None or change.server != peer or not change.goal or self.match_index[peer] < change.goal:
            return
        quick = self.clock() - change.began_ns < ns_from_ms(self.options.election_timeout_min_ms)
        end = logs.last_index(self.snapshot, self.log)
        if quick or end == self.match_index[peer]:
            self.cancel_timer("catch_up")
            self.change = change._replace(goal=0)
            self.membership_settled()
        elif change.round == ROUNDS:
            self._give_up()
        else:
            self.change = change._replace(round=change.round + 1, goal=end, began_ns=self.clock())
            self._watch_progress()

    def _watch_progress(self) -> None:
        self._progress = self.match_index[self.change.server]
        self.set_timer("catch_up", ns_from_ms(self.options.election_timeout_max_ms))

    def on_catch_up_timeout(self) -> None:
        """A new server that makes no progress for an election timeout is not added."""
        if self.change is None or not self.change.goal:
            return
        if self.match_index[self.change.server] > self._progress:
            self._watch_progress()
        else:
            self._give_up()

    def _give_up(self) -> None:
        change = self.change
        self.note(N_("does not add {server}: it does not catch up"), server=change.server)
        self.send(change.asked_by, MembershipReply(change.server, "timeout", self.id))
        self.forget_change()

    def forget_change(self) -> None:
        """The change is given up or over."""
        self.change = None
        self.cancel_timer("catch_up")

    def membership_settled(self) -> None:
        """Something was committed: finish the change under way, or begin the one that waited for it.

        A leader begins none before an entry of its own term is committed (Ongaro, raft-dev, 10 July 2015).
        """
        change = self.change
        settled = self._first_of_term <= self.commit_index >= self.members_index
        waits = change is not None and not change.goal
        if waits and (change.server in self.members) != change.adds:
            if settled or self.options.faulty == "changes_two_servers_at_once":
                self._append_configuration(change)
        elif settled:
            if waits:
                self.note(N_("the configuration is now {servers}"), servers=", ".join(self.members))
                self.send(change.asked_by, MembershipReply(change.server, "ok", self.id))
                self.forget_change()
            if self.standing == LEADER and self.id not in self.members:
                self.note(N_("is no longer in the configuration and steps down"))
                self.become_follower(self.term)

    def _append_configuration(self, change: Change) -> None:
        rest = tuple(member for member in self.members if member != change.server)
        self.members = tuple(sorted((*rest, change.server), key=_number)) if change.adds else rest
        self.members_index = logs.last_index(self.snapshot, self.log) + 1
        self.next_index = {member: self.next_index.get(member, self.members_index) for member in self.others()}
        self.match_index = {member: self.match_index.get(member, 0) for member in self.others()}
        if self.options.faulty == "changes_two_servers_at_once":
            self.forget_change()
        self.append(Command("configuration", value=self.members))


def _number(server: str) -> int:
    return int(server.rpartition("-")[2])
