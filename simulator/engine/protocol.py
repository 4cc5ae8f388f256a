"""A system of actors that runs: the Simulation contract over a Cluster."""

from simulator.engine.action import Action, ActionRefused
from simulator.engine.faults import perform, specs
from simulator.engine.cluster import Cluster
from simulator.engine.nemesis import Nemesis
from simulator.engine.recording import Recording
from simulator.engine.system import registered, system
from simulator.engine.telling import picture, wiring
from simulator.engine.trace import Trace
from simulator.engine.totals import summary, totals


def actors(**facts):
    """Register the decorated function cast(config) -> {node's id: its Node class} as a system of actors.

    facts: see System; `actions` are the system's own, the faults are added here.
    """
    def register(cast):
        key = cast.__module__.removeprefix("simulator.systems.").split(".")[0]

        def build(config, seed: int, cut, inputs: dict, header: dict, keep: bool = True):
            return Protocol(registered()[key], config, seed, cut, header, keep)

        build.__module__ = cast.__module__
        own = facts.pop("actions", ())
        every = specs(facts.get("points", {}), facts.get("joins", {}), own)
        system(**{"estimate": _unknown, **facts}, kernel="actors", cast=cast, actions=every)(build)
        return cast

    return register


def _unknown(_config, _duration_ns: int, _inputs: dict) -> float:
    """How many events a protocol will have is known only by running it: its budget stops it."""
    return 0.0


class Protocol:
    """One execution. `keep` False: nothing is told or hashed, only properties are looked at; for searches over seeds."""

    def __init__(self, facts, config, seed: int, cut, header: dict, keep: bool = True):
        """facts: the System. cut: the Plan."""
        self.facts, self.config, self.cut, self.keep = facts, config, cut, keep
        self.trace = Trace(header)
        self.warm_ns = header.get("warm_up_ns", 0)
        self._specs = {spec.kind: spec for spec in facts.actions}
        self.cluster = Cluster(facts, config, seed, config.network.law(), config.setup(), self.trace if keep else None)
        kinds = [kind for kind in self._specs if kind not in facts.refuses]
        self.nemesis = Nemesis(config.nemesis, seed, cut.duration_ns, kinds, tuple(facts.points))
        self.recording = Recording(self.cluster, cut)
        self.now_ns = 0

    @property
    def events(self) -> int:
        """Events run so far: deliveries, timers, starts, writes."""
        return self.cluster.events

    def advance(self, until_ns: int) -> None:
        """Run every event with time <= until_ns. At equal times: events, then the sample, then the nemesis."""
        assert until_ns >= self.now_ns, "time runs forward"
        while True:
            stop = min(until_ns, self.recording.next_ns if self.keep else until_ns, self.nemesis.next_ns)
            self.cluster.run(stop)
            self.now_ns = stop
            if self.keep and self.recording.next_ns == stop:
                self.recording.sample()
            while self.nemesis.next_ns == stop:
                self._strike()
                self.cluster.run(stop)  # as between two scheduled Actions at one instant
            if stop == until_ns:
                return

    def _strike(self) -> None:
        action = self.nemesis.strike(self.cluster)
        if action is None:
            return
        try:
            perform(self.cluster, self._specs[action.kind], action, by="nemesis")
        except ActionRefused as refused:
            self.cluster.telling.action(self.cluster, action.document() | {
                "refused": True, "said": str(refused), "values": refused.values, "by": "nemesis"})

    def apply(self, action: Action) -> None:
        """Do `action` at now_ns. ActionRefused where its target or a param is wrong or it would change nothing."""
        assert action.at_ns == self.now_ns, "an Action happens now"
        perform(self.cluster, self._specs[action.kind], action)

    def actions(self) -> list[tuple[str, str, str]]:
        """(kind, target, reason) of all that can be asked of nodes and of the whole system now; reason "" where it would do something."""
        found = []
        for spec in self.facts.actions:
            reason = self.facts.refuses.get(spec.kind, "")
            if spec.role == "":
                found.append((spec.kind, "", reason))
            for node in self.cluster.ordered:
                if spec.suits(node.role):
                    found.append((spec.kind, node.id, reason or spec.refused(node.id, node.state)))
        return found

    def keyframe(self) -> dict:
        """The visible state, complete, as JSON."""
        cluster = self.cluster
        return {"nodes": [picture(node, self.recording.known) for node in cluster.ordered], **wiring(cluster), "totals": totals(cluster),
                "open": [operation.row() for operation in cluster.telling.open.values()]}

    def tables(self, wanted: bool = True) -> dict:
        """What happened since the last call, by table and column; "meta" says how many messages were kept."""
        self.cluster.settle()
        rows = self.trace.take()
        if self.keep and wanted:
            return self.recording.tables(rows)
        if self.keep:
            self.recording.pass_over()
        return {}

    def columns(self, table: str, rows) -> dict[str, list]:
        """Rows of `events`, as the Trace hashes them, as columns of JSON values."""
        assert table == "events"
        return self.recording.columns(rows)

    def unfinished(self, table: str) -> bytes:
        """The rows that are not final yet, and final ones after such."""
        assert table == "events"
        self.cluster.settle()
        return self.recording.unfinished()

    def summary(self) -> dict:
        """The run's numbers so far, as JSON."""
        self.cluster.settle()
        return summary(self)
