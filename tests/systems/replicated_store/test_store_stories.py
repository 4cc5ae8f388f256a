"""Failovers, cut networks and repairs, step by step: what is kept, what is lost, and who notices."""

import pytest

from simulator.engine.action import Action
from simulator.engine.clock import MS, S
from simulator.systems.replicated_store.designs.dynamo import preference
from simulator.systems.replicated_store.history import divergent
from tests.systems.replicated_store.stores import DESIGNS, STRONG, breaches, built, verdicts

CALM = {"think_ms": None, "clients": 2, "replicas": 3, "client_timeout_ms": 150, "network": {"delay": {"law": "constant", "delay_ms": 2}}}


class Story:
    """A run in which nobody does anything that is not told."""

    def __init__(self, design: str | dict, seed: int = 1, **more):
        replication = DESIGNS[design] if isinstance(design, str) else design
        self.protocol = built({**CALM, "replication": replication, **more}, seed, 60 * S)
        self.cluster = self.protocol.cluster
        self.wait(300)  # until somebody leads

    def __getitem__(self, id: str):
        return self.cluster.nodes[id]

    def wait(self, ms: float) -> "Story":
        """Let everything happen for so long."""
        self.protocol.advance(self.protocol.now_ns + round(ms * MS))
        return self

    def act(self, kind: str, target: str = "", **params) -> "Story":
        """An Action now."""
        self.protocol.apply(Action(self.protocol.now_ns, kind, target, params))
        return self

    def write(self, client: int, key: str, value: str, ms: float = 60) -> str:
        """Write, wait, and say what came of it."""
        return self.act("write", f"client-{client}", key=key, value=value).wait(ms).cluster.operations[-1].outcome

    def read(self, client: int, key: str, ms: float = 60):
        """Read, wait, and say what was read; the outcome where it failed."""
        found = self.act("read", f"client-{client}", key=key).wait(ms).cluster.operations[-1]
        return found.result if found.outcome == "ok" else found.outcome


# No acknowledged write is lost


@pytest.mark.parametrize("design", ["synchronous", "chain"])
def test_all_but_one_replica_fail_one_after_the_other_and_nothing_acknowledged_is_lost(design):
    for first, second in ((0, 1), (1, 2), (2, 0), (1, 0), (0, 2), (2, 1)):
        story = Story(design, sessions="failover")
        for number, key in enumerate("xyz"):
            assert story.write(0, key, str(number)) == "ok"
        for gone in (first, second):
            story.act("crash", f"replica-{gone}").wait(400)
        last = 3 - first - second
        assert {key: story[f"replica-{last}"].store[key].value for key in "xyz"} == {"x": "0", "y": "1", "z": "2"}
        tries = [story.read(1, "y", 200) for _ in range(3)]
        assert tries[-1] == "1" and not breaches(story.protocol)


@pytest.mark.parametrize("design", ["abd", "consensus_log", "sequential"])
def test_a_minority_fails_for_good_and_nothing_acknowledged_is_lost(design):
    for gone in ((0, 1), (0, 4), (3, 4), (1, 2)):
        story = Story(design, replicas=5, sessions="failover")
        assert [story.write(0, key, key) for key in "xyz"] == ["ok"] * 3
        for number in gone:
            story.act("crash", f"replica-{number}")
        story.wait(500)
        assert [[story.read(0, key, 200) for _ in range(3)][-1] for key in "xyz"] == list("xyz")


def test_dynamo_keeps_a_write_while_fewer_than_w_of_its_replicas_are_gone():
    story = Story({**DESIGNS["last_write_wins"], "sloppy": False, "w": 2, "r": 1, "anti_entropy_s": None})
    story.act("crash", "replica-0")
    assert story.write(0, "x", "1") == "ok"
    story.act("crash", "replica-1")
    assert story.read(1, "x") == "1"


def test_a_thousand_crashes_lose_no_acknowledged_write_of_a_strong_design():
    """Replicas fail by themselves, two of three at times; clients write a minute long and then read."""
    crashes = 0
    for design in STRONG:
        protocol = built({"replication": DESIGNS[design], "replicas": 3, "clients": 3, "keys": 3, "think_ms": 120, "client_timeout_ms": 150,
                        "sessions": "failover", "mtbf_s": 0.5, "mttr_s": 0.25, "write_until_s": 55}, 1, 60 * S)
        downs = crashed(protocol)
        protocol.advance(60 * S)
        crashes += len(downs)
        assert not breaches(protocol) and verdicts(protocol, "linearizable") == {"linearizable": "yes"}
    assert crashes > 900, crashes


def crashed(protocol) -> list[str]:
    """Who crashes; the list fills as the run goes on."""
    downs, crash = [], protocol.cluster.crash

    def noted(node, *rest, **more):
        downs.append(node.id)
        return crash(node, *rest, **more)

    protocol.cluster.crash = noted
    return downs


def test_asynchronous_backups_lose_what_the_primary_alone_had_and_synchronous_ones_do_not():
    kept = {}
    for design in ("asynchronous", "semi_synchronous", "synchronous"):
        story = Story(design, sessions="failover")
        assert story.write(0, "x", "old") == "ok"
        story.act("cut", "replica-0->replica-1").act("cut", "replica-0->replica-2")
        told = story.write(0, "x", "new", 100)
        story.act("crash", "replica-0").wait(400)
        kept[design] = told, [story.read(1, "x", 200) for _ in range(3)][-1]
    assert kept["asynchronous"] == ("ok", "old")
    assert all(value in ("old", "new") and told != "ok" for told, value in (kept["semi_synchronous"], kept["synchronous"]))


# Fencing


def split(**more) -> Story:
    """The primary is cut off with a client; the other side names another one, and writes."""
    story = Story("asynchronous", sessions="sticky", **more)
    assert story.write(0, "x", "old") == "ok"
    return story.act("partition", groups="replica-0,client-0|replica-1,replica-2,client-1,master-0").wait(400)


def test_a_primary_that_is_cut_off_stops_when_its_lease_is_over():
    story = split()
    assert story.write(1, "x", "new") == "ok" and story["replica-1"].leading != story["replica-2"].leading
    assert not story["replica-0"].leading
    assert story.read(0, "x") == "fail" and story.write(0, "x", "lost") == "fail"


def test_without_the_fence_two_primaries_serve_and_one_of_the_two_writes_is_lost():
    story = split(faulty="missing_fence")
    assert story.write(1, "x", "new") == "ok"
    assert story.read(0, "x") == "old" and story.write(0, "x", "lost") == "ok"
    assert set(breaches(story.protocol)) & {"no_split_brain"}
    story.act("heal").wait(1000)
    assert [story.read(client, "x") for client in (0, 1)] == ["new", "new"]
    assert verdicts(story.protocol, "linearizable") == {"linearizable": "no"}


# Cut networks


def test_two_causal_replicas_that_do_not_hear_of_each_other_each_miss_the_others_write():
    story = Story("causal", replicas=2).act("partition", groups="replica-0,client-0|replica-1,client-1")
    assert [story.write(0, "x", "1"), story.write(1, "y", "1")] == ["ok", "ok"]
    assert [story.read(0, "y"), story.read(1, "x")] == [None, None]
    assert verdicts(story.protocol, "sequential", "causal") == {"sequential": "no", "causal": "yes"}
    assert "each_misses_the_other" in story.cluster.telling.reached
    story.act("heal").wait(200)
    assert [story.read(0, "y"), story.read(1, "x")] == ["1", "1"] and divergent(story.cluster) == 0


def test_a_causal_replica_that_missed_hundreds_of_writes_asks_until_it_has_them_all():
    story = Story({"name": "causal", "gossip_ms": 400}, replicas=2, clients=1).act("isolate", "replica-1")
    for number in range(120):
        assert story.write(0, "xyz"[number % 3], str(number), 10) == "ok"
    story.act("heal").wait(450)
    assert story["replica-1"].vector == story["replica-0"].vector == (120, 0)


# Dynamo's three ways to become equal


OWNED = {**DESIGNS["last_write_wins"], "anti_entropy_s": None, "read_repair": False, "n": 3}


def owners(story: Story, key: str) -> list[str]:
    """Its owners, in the key's order."""
    return list(preference(key, story.cluster.roster["replica"])[:3])


def test_a_stand_in_takes_a_write_as_a_hint_and_hands_it_to_its_owner():
    story = Story(OWNED | {"w": 3}, replicas=4)
    away = owners(story, "x")[0]
    story.act("crash", away)
    assert story.write(0, "x", "1") == "ok"
    stand_in = next(node for node in story.cluster.of("replica") if node.id not in owners(story, "x"))
    assert list(stand_in.hints) == [(away, "x")] and "x" not in stand_in.store
    story.act("restart", away).wait(200)
    assert story[away].store["x"].value == "1" and not stand_in.hints and stand_in.given == 1


def test_read_repair_mends_the_replica_that_answered_with_an_old_version():
    story = Story(OWNED | {"sloppy": False, "read_repair": True, "w": 2, "r": 3, "handoff_ms": None})
    away = owners(story, "x")[0]
    story.act("isolate", away)
    assert story.write(0, "x", "1") == "ok"
    story.act("heal")
    assert "x" not in story[away].store and story.read(1, "x") == "1"
    assert story.wait(10)[away].store["x"].value == "1"


def test_merkle_trees_find_the_one_key_of_many_that_differs_and_send_little_else():
    story = Story(OWNED | {"sloppy": False, "anti_entropy_s": 0.4, "handoff_ms": None, "w": 2})
    for number in range(40):
        assert story.write(0, f"k{number}", str(number), 10) == "ok"
    story.act("isolate", owners(story, "k7")[0])
    assert story.write(0, "k7", "new") == "ok"
    story.act("heal").wait(450)
    assert divergent(story.cluster) == 0
    assert sum(node.mended for node in story.cluster.of("replica")) == 1


def test_siblings_stay_until_somebody_who_has_read_both_writes():
    story = Story(OWNED | {"conflicts": "siblings", "w": 1, "r": 3, "sloppy": False})
    for client in (0, 1):  # neither has read what the other writes
        story.write(client, "x", str(client))
    held = story["replica-0"].store["x"]
    assert [value[3] for value in held.values] == ["0", "1"]
    assert story.read(0, "x") == "1", "a client that must choose takes the later one"
    story.write(0, "x", "both")
    assert [value[3] for value in story["replica-0"].store["x"].values] == ["both"]


def test_a_counter_counts_every_addition_of_both_sides_of_a_cut_network_once():
    story = Story({**OWNED, "conflicts": "counter", "w": 1, "r": 1, "anti_entropy_s": 0.4, "n": 2}, replicas=2)
    story.act("partition", groups="replica-0,client-0|replica-1,client-1")
    for _ in range(3):
        assert story.write(0, "x", "1") == story.write(1, "x", "1") == "ok"
    assert [story.read(0, "x"), story.read(1, "x")] == [3, 3]
    story.act("heal").wait(450)
    assert [story.read(0, "x"), story.read(1, "x")] == [6, 6]
