"""What the tests of Paxos and of multi-Paxos share: runs that are done step by step, and hunts over many seeds."""

from collections import Counter

from simulator.engine.action import Action
from simulator.engine.clock import MS
from simulator.engine.simulation import plan
from simulator.engine.system import registered
from simulator.scenarios.document import parse
from simulator.scenarios.play import simulate


def constant(delay_ms: float) -> dict:
    """The option `network`: every message takes equally long."""
    return {"delay": {"law": "constant", "delay_ms": delay_ms}}


def document(system: str, duration_s: float = 10, actions=(), **config):
    """A Scenario, parsed."""
    return parse({"format": "distviz-scenario/1", "system": system, "config": config, "duration_s": duration_s, "actions": list(actions)})


def numbers(system: str, seed: int = 1, duration_s: float = 10, actions=(), **config) -> dict:
    """The summary of a run as `manage.py simulate` prints it, its metrics by key."""
    summary = simulate(document(system, duration_s, actions, **config), seed)
    return summary | {"metrics": {metric["key"]: metric["value"] for metric in summary["metrics"]}}


class Run:
    """A run that a test goes through step by step; messages take 10 ms, nodes start at once."""

    def __init__(self, system: str, seed: int = 1, **config):
        facts = registered()[system]
        options = facts.config.model_validate({"network": constant(10), "stagger_ms": 0} | config)
        self.simulation = facts.build(options, seed, plan(60_000 * MS), {}, {}, keep=False)
        self.nodes = self.simulation.cluster.nodes

    def to(self, at_ms: float) -> "Run":
        """Go on until then."""
        self.simulation.advance(round(at_ms * MS))
        return self

    def do(self, kind: str, target: str = "", **params) -> "Run":
        """An Action, now."""
        self.simulation.apply(Action(self.simulation.now_ns, kind, target, params))
        return self

    def __getitem__(self, id: str):
        return self.nodes[id]

    @property
    def breaches(self) -> list[str]:
        """The keys of the promises that were broken."""
        return list(self.simulation.cluster.telling.breaches)

    @property
    def reached(self) -> dict[str, int]:
        """What has come about, and when."""
        return self.simulation.cluster.telling.reached


def hunt(system: str, seeds, duration_s: float, **config) -> tuple[dict[int, list[str]], Counter]:
    """(seed -> promises that were broken, what came about -> in how many runs)."""
    return searched(document(system, duration_s, **config), seeds)


def searched(asked, seeds) -> tuple[dict[int, list[str]], Counter]:
    """The same of a Scenario that is parsed; its Actions are not done."""
    cut, broken, reached = plan(asked.duration_ns), {}, Counter()
    for seed in seeds:
        run = asked.facts.build(asked.options, seed, cut, {}, {}, keep=False)
        run.advance(asked.duration_ns)
        if run.cluster.telling.breaches:
            broken[seed] = list(run.cluster.telling.breaches)
        reached.update(list(run.cluster.telling.reached))
    return broken, reached


def first_caught(system: str, most: int, duration_s: float, **config) -> int | None:
    """The first seed in 1 to `most` with a broken promise."""
    for seed in range(1, most + 1):
        if hunt(system, [seed], duration_s, **config)[0]:
            return seed
    return None
