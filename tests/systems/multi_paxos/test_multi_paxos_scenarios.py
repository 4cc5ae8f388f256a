"""What the texts of the built-in multi-Paxos Scenarios say really happens."""

import pytest

from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin
from tests.systems.paxos.test_paxos_scenarios import told
from tests.systems.paxos.trying import searched


class Watched:
    """A built-in Scenario, gone through step by step."""

    def __init__(self, key: str, config: dict | None = None):
        document = with_config(builtin()[key], config or {})
        self.waiting = document.deeds()
        self.run = document.facts.build(document.options, document.seed, plan(document.duration_ns), {}, {}, keep=False)

    def at(self, s: float) -> "Watched":
        """Go on until then, with what the Scenario does."""
        self.waiting.sort(key=lambda action: action.at_ns)
        while self.waiting and self.waiting[0].at_ns <= s * S:
            action = self.waiting.pop(0)
            self.run.advance(action.at_ns)
            self.run.apply(action)
        self.run.advance(round(s * S))
        return self

    def leaders(self) -> list[str]:
        """Who believes to lead."""
        return [server.id for server in self.run.cluster.of("server") if server.phase == "leading" and server.state == "up"]

    def __getitem__(self, id: str):
        return self.run.cluster.nodes[id]


def test_a_stable_leader():
    found = told("multi-paxos-steady")
    assert found["metrics"]["commit_ms"] == 40 and found["latency_ms"]["p50"] == found["latency_ms"]["p90"] == 80
    assert Watched("multi-paxos-steady").at(3).leaders() == ["server-2"] == Watched("multi-paxos-steady").at(19).leaders()


def test_the_leader_crashes():
    found = told("multi-paxos-leader-crash")
    assert Watched("multi-paxos-leader-crash").at(4.9).leaders() == ["server-2"]
    assert found["reached"]["the_leader_changes"] == pytest.approx(5.39, abs=0.005)
    assert found["latency_ms"]["max"] == pytest.approx(620, abs=5)
    assert 12 < found["reached"]["a_replica_catches_up"] < 12.2


def test_a_gap():
    run = Watched("multi-paxos-gap")
    run.at(3.045)
    assert [run["server-2"].proposals[slot].key for slot in (3, 4)] == ["a", "b"]
    run.at(7)
    log = run["server-0"].log
    assert log[3].f == "noop" and (log[4].client, log[5].client) == ("client-1", "client-0")


def test_everybody_wants_to_lead():
    equal, spread = told("multi-paxos-duel"), told("multi-paxos-duel", lane=1)
    assert equal["operations"]["ok"] == 0 and equal["reached"] == {} and not equal["broken"]
    assert spread["operations"]["ok"] > 50


def test_the_isolated_leader():
    found, run = told("multi-paxos-isolated-leader"), Watched("multi-paxos-isolated-leader").at(4.9)
    assert run.leaders() == ["server-2"]
    assert len(run.at(8).leaders()) == len(run.at(11.9).leaders()) == 2
    assert len(run.at(14).leaders()) == 1
    assert found["latency_ms"]["max"] == pytest.approx(7070, abs=20) and not found["broken"]


def test_reads_without_asking():
    assert told("multi-paxos-stale-reads")["broken"] == {"fresh_answers": pytest.approx(5.96, abs=0.01)}
    cured = Watched("multi-paxos-stale-reads", {"faulty": "none"}).at(19)
    assert cured.run.summary()["breaches"] == []


def test_the_repeated_request():
    found = told("multi-paxos-duplicates")
    assert 7 < found["reached"]["a_repetition_is_recognised"] < 7.2
    assert found["metrics"]["executed"] < found["metrics"]["slots"] and not found["broken"]
    twin = Watched("multi-paxos-duplicates", {"faulty": "duplicates_are_executed"}).at(14)
    assert [breach["property"] for breach in twin.run.summary()["breaches"]][0] == "once_only"


def test_the_replica_that_lags_behind():
    found = told("multi-paxos-lagging")
    assert 9 < found["reached"]["the_leader_changes"] < 9.5 and 9 < found["reached"]["a_replica_catches_up"] < 9.5


def test_the_bug():
    assert told("multi-paxos-bug")["broken"]["one_command_a_slot"] == pytest.approx(7.63, abs=0.05)
    assert 12 <= len(searched(builtin()["multi-paxos-bug"], range(1, 25))[0]) <= 20, "two of three"
