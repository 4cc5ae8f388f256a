"""What an Action of a protocol can be done to, checked before anything runs: one sentence that names the field."""

import pytest

from simulator.scenarios.document import parse
from simulator.scenarios.mistake import Mistake

RIGHT = [
    ("crash", "acceptor-2", {}), ("cut", "proposer-0->acceptor-1", {}), ("drop", "1041", {}), ("drop", "0", {}), ("heal", "", {}),
    ("partition", "", {"groups": "proposer-0,acceptor-0|acceptor-1,acceptor-2"}),
    ("partition", "", {"groups": "proposer-0,acceptor-0|acceptor-0,acceptor-1"}),  # a bridge
]
WRONG = [
    ("crash", "acceptor-3", {}, "target", "proposer-0 - proposer-1, acceptor-0 - acceptor-2"),
    ("crash", "", {}, "target", "one of the nodes"), ("crash", "acceptor-01", {}, "target", "one of the nodes"),
    ("crash", "server-0", {}, "target", "one of the nodes"), ("crash", "acceptor-²", {}, "target", "one of the nodes"),
    ("cut", "proposer-0", {}, "target", "a link between two different nodes"), ("cut", "proposer-0->proposer-0", {}, "target", "different"),
    ("cut", "proposer-0->acceptor-9", {}, "target", "there by then"), ("cut", "a->b->c", {}, "target", "a link"),
    ("drop", "x", {}, "target", "the number of a message"), ("drop", "-1", {}, "target", "number"), ("drop", "01", {}, "target", "number"),
    ("drop", "٣", {}, "target", "number"), ("heal", "acceptor-0", {}, "target", "must be empty"),
    ("partition", "", {"groups": "proposer-0|acceptor-7"}, "params.groups", "groups of nodes that are there"),
    ("partition", "", {"groups": "proposer-0,proposer-0|acceptor-1"}, "params.groups", "each node once"),
    ("partition", "", {"groups": "proposer-0"}, "params.groups", "groups"), ("partition", "", {"groups": 5}, "params.groups", "groups"),
    ("partition", "", {}, "params.groups", "groups"), ("melt", "acceptor-0", {}, "kind", "one of: "),
    ("skew", "acceptor-0", {"ms": "much"}, "params.ms", "a number from"),
]


def document(kind: str, target: str, params: dict) -> dict:
    """A Scenario with one Action."""
    return {"format": "distviz-scenario/1", "system": "paxos",
            "actions": [{"at_ns": 5, "kind": kind, "target": target, "params": params}]}


@pytest.mark.parametrize(("kind", "target", "params"), RIGHT)
def test_what_there_is_can_be_a_target(kind, target, params):
    made = parse(document(kind, target, params))
    assert (made.actions[0].kind, made.actions[0].target) == (kind, target)
    assert parse(made.document()) == made


@pytest.mark.parametrize(("kind", "target", "params", "field", "words"), WRONG)
def test_what_there_is_not_is_named_in_one_sentence(kind, target, params, field, words):
    with pytest.raises(Mistake) as slip:
        parse(document(kind, target, params))
    assert slip.value.field == f"actions.0.{field}" and words in str(slip.value) and f"actions.0.{field}".split(".")[-1] in str(slip.value)
    assert str(slip.value).count(". ") == 0


def test_what_a_config_does_not_have_is_no_target():
    together = {"together": True}
    with pytest.raises(Mistake) as slip:
        parse(document("crash", "acceptor-0", {}) | {"config": together})
    assert "server-0 to server-2" in str(slip.value)
    assert parse(document("crash", "server-2", {}) | {"config": together})
