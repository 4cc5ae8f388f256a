"""The built-in scenarios of sharding and GFS show what their texts say, number by number."""

import pytest

from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.scenarios.library import builtin
from tests.systems.sharded_files.running import FACTS, breaches, built, metrics


class Story:
    """A built-in scenario on its way, with something else in its Config."""

    def __init__(self, key: str, **design):
        document = builtin()[key]
        config = document.config | {"design": document.config["design"] | design}
        self.run = FACTS.build(FACTS.config.model_validate(config, strict=False), document.seed, plan(document.duration_ns), {}, {}, keep=False)
        self.waiting, self.end_ns = document.deeds(), document.duration_ns

    def until(self, seconds: float | None = None):
        """Play on to a time, or to the end; the run."""
        until_ns = self.end_ns if seconds is None else round(seconds * S)
        while self.waiting and self.waiting[0].at_ns <= until_ns:
            action = self.waiting.pop(0)
            self.run.advance(action.at_ns)
            self.run.apply(action)
        self.run.advance(until_ns)
        return self.run

    def head(self):
        """The name node."""
        return self.run.cluster.of("name_node")[0]


@pytest.mark.parametrize(("placement", "share", "over_s"), [("modulo", 0.7375, 45), ("ring", 0.171, 21)])
def test_what_a_resize_costs(placement, share, over_s):
    story = Story("resize-modulo", placement={"name": placement})
    nodes = story.until(over_s).cluster.of("data_node")
    assert not any(node.arriving for node in nodes)
    assert [node.moved > 0 for node in nodes] == [placement == "modulo"] * 3 + [True]
    told = metrics(story.until())
    assert told["moved_share"] == pytest.approx(share, abs=0.0005) and told["least_share"] == 0.25 and told["redirected"] > 0
    assert story.run.cluster.telling.outcomes["fail"] == story.run.cluster.telling.outcomes["info"] == 0 and not breaches(story.run)


def test_record_append_at_least_once():
    story = Story("record-append")
    told = metrics(story.until(19))
    assert told["twice"] == 3 and told["inconsistent_mb"] > 0 and told["defined_mb"] == 18
    assert story.head()._leases[0].primary == "data_node-4", "who crashes at 20 s is primary"
    story.until(74)
    assert [operation.outcome for operation in story.run.cluster.operations] == ["ok", "ok", None]
    story.until(82)
    assert story.run.cluster.operations[-1].completed_ns > 75 * S
    assert metrics(story.until(84))["cloned"] == 1 and metrics(story.until(109.9))["collected"] == 0
    assert metrics(story.until(111))["collected"] == 1 and story.run.cluster.nodes["data_node-4"].replicas == 0
    assert [operation.outcome for operation in story.until().cluster.operations] == ["ok"] * 4 and not breaches(story.run)


@pytest.mark.parametrize(("placement", "lost", "at_75_s"), [("copysets", (0, 37), 84), ("random", (3, 0), 0)])
def test_copysets_against_random(placement, lost, at_75_s):
    """Repairs that were ordered from a node that was dying are tried again after 300 s, so that a few blocks wait."""
    story = Story("copysets", placement={"name": placement})
    story.until(75)
    assert (story.head().lost, story.head().under_replicated) == (lost[0], at_75_s)
    story.until(115)
    assert story.head().under_replicated < 15
    story.until()
    assert story.head().lost == lost[1] and not breaches(story.run)


@pytest.mark.parametrize(("scenario", "own", "other"), [
    ("hdfs-pipeline", "one_log", "one_primary"), ("record-append", "one_primary", "one_log"), ("resize-modulo", "who_is_in_charge_has_everything", "one_log")])
def test_a_run_is_held_to_the_promises_of_its_own_design_alone(scenario, own, other):
    run = built(builtin()[scenario].config)
    keys = [one.key for one in run.cluster.telling.properties]
    assert own in keys and other not in keys
    assert set(run.summary()["reached"]) == {one.key for one in run.cluster.telling.properties if not one.always}
