"""What the replicas of all designs have in common."""

from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.parts.quorum import majority
from simulator.systems.replicated_store.messages import NOTHING, Answer, Request, Tag, Version


class Replica(Node):
    """Keeps a copy of the store. store: key -> Version. leading: whether it takes itself for the leader or primary."""

    role = "replica"

    def begin(self):
        """An empty store."""
        self.store, self.leading, self.epoch = {}, False, 0
        self._numbers: dict[str, int] = {}
        self._sure_ns = 0

    def on_start(self):
        """Where the Config says how often replicas fail, it will fail some day."""
        if self.options.mtbf_s is not None:
            self.set_timer("fail", int(self.exponential(self.options.mtbf_s * S)))

    def on_fail_timeout(self) -> None:
        """It crashes, and is repaired after a while."""
        self.reach("fails", 1.0, int(self.exponential(self.options.mttr_s * S)))

    def on_restart(self):
        """It has forgotten what it has been asked: for a while it cannot say for certain that something did not happen."""
        self._sure_ns = self.clock() + ns_from_ms(self.options.client_timeout_ms)
        self.on_start()

    @property
    def peers(self) -> tuple[str, ...]:
        """The other replicas that the run began with."""
        return tuple(id for id in self.roster["replica"] if id != self.id)

    @property
    def quorum(self) -> int:
        """How many replicas must agree, itself included."""
        return majority(len(self.roster["replica"])) - (self.options.faulty == "quorum_is_not_one")

    def save(self, *fields: str) -> None:
        """Force `fields` to the disk before anything else is sent."""
        self.persist(*fields, force=self.options.faulty != "acknowledges_before_storing")

    def held(self, key: str) -> Version:
        """The newest version that it has in memory."""
        return self.store.get(key, NOTHING)

    def is_copy(self, m: Request) -> bool:
        """Whether the network has brought this request before; from now on it has."""
        if m.number <= self._numbers.get(m.client, -1):
            return True
        self._numbers = {**self._numbers, m.client: m.number}
        return False

    def refuse(self, m: Request) -> None:
        """It was not done here, and sent to nobody else."""
        self.send(m.client, Answer(m.number, False, certain=self.clock() >= self._sure_ns))

    @staticmethod
    def keeps(holds: dict, key: str, tag: Tag) -> bool:
        """Whether a disk that `holds` these fields has the version `tag` of the key, or a newer one."""
        version = holds.get("store", {}).get(key)
        return version is not None and version.tag >= tag
