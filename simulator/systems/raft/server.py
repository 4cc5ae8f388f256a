"""A server of Raft: its state (paper, figure 2), put together from the parts that change it."""

from simulator.engine.actor import Node
from simulator.systems.raft.election import FOLLOWER, Elections
from simulator.systems.raft.membership import Membership
from simulator.systems.raft.messages import NOTHING
from simulator.systems.raft.reads import Reads
from simulator.systems.raft.replication import Replication
from simulator.systems.raft.state_machine import StateMachine


class Server(Elections, Replication, StateMachine, Reads, Membership, Node):
    """Follower, candidate or leader; `standing` says which.

    term, voted_for, log, snapshot are on the disk. members: the latest configuration in the log; members_index:
    its entry. _heard_ns: when it last heard of the leader, by its own clock. _lease_ns: at a leader, the beginning
    of the latest round of heartbeats that a majority answered. reads: what waits for such a round.
    """

    role = "server"
    durable = ("term", "voted_for", "log", "snapshot")

    def begin(self):
        """The first values of figure 2."""
        self.term, self.voted_for, self.log, self.snapshot = 0, None, (), NOTHING
        self.standing, self.leader, self.votes, self.pre_votes = FOLLOWER, None, (), ()
        self.commit_index = self.last_applied = 0
        self.store, self.sessions = {}, {}
        self.members, self.members_index, self.change = self.initial_servers(), 0, None
        self.next_index, self.match_index, self.reads = {}, {}, ()
        self._heard_ns = self._lease_ns = None
        self._installed = 0
        self._compacting = False
        self._progress = self._led_since_ns = 0
        self._round = self._first_of_term = 0
        self._began, self._answered, self._asked, self._proved = {}, {}, (), 0

    def on_start(self):
        """Followers wait to hear of a leader; a machine that is new reports to the administrator."""
        self.restart_election_timer()
        if not self.members:
            self.report()

    def on_restart(self):
        """Everything that is not on the disk is learnt again."""
        self.recover()
        if self.options.reads.name == "lease":
            # It may have answered a heartbeat just before the crash, and the leader counts on that.
            self._heard_ns = self.clock()
        self.restart_election_timer()

    def save(self, *fields: str) -> None:
        """Force `fields` to the disk before anything else is sent."""
        if self.options.faulty == "vote_is_not_persisted":
            fields = tuple(field for field in fields if field != "voted_for")
        self.persist(*fields)
