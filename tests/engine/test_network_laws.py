"""Laws of delays: the Pareto-or-exponential one, and laws that hold for some messages alone."""

import pytest

from simulator.engine.chance import dice
from simulator.engine.clock import MS
from simulator.engine.network import Link, Network, constant, pareto_or_exponential
from tests.systems.replicated_store.stores import built


def test_pareto_or_exponential_has_the_tail_of_both_parts():
    """P(longer than t) = share (minimum / t)**shape + (1 - share) e**(-t / mean)."""
    law, random = pareto_or_exponential(0.9122, 235_000, 10, 602_410), dice(1, "legs").random
    draws = sorted(law(random) for _ in range(40_000))
    for ms, longer in ((0.235, 0.9122 + 0.0878 * 0.6770), (0.3, 0.1329), (0.6, 0.0325), (2.0, 0.00317)):
        found = sum(draw > ms * MS for draw in draws) / len(draws)
        assert found == pytest.approx(longer, abs=4 * (longer * (1 - longer) / len(draws)) ** 0.5 + 1e-4), ms


LEGS = {"write": {"law": "constant", "delay_ms": 10}, "response": {"law": "constant", "delay_ms": 30}, "delay": {"law": "constant", "delay_ms": 1}}


def test_each_leg_of_a_quorum_operation_takes_its_own_law_and_the_others_that_of_all_messages():
    protocol = built({"network": LEGS, "replication": {"name": "dynamo", "sloppy": False}, "think_ms": 50, "clients": 1})
    protocol.advance(1000 * MS)
    took = {(one.f, one.completed_ns - one.invoked_ns) for one in protocol.cluster.operations if one.outcome == "ok"}
    assert took == {("write", 11 * MS), ("read", 31 * MS)}


def test_a_link_takes_the_careful_way_only_where_its_network_has_laws_for_some_messages():
    node, other = (built({"think_ms": None}).cluster.nodes[id] for id in ("client-0", "replica-0"))
    law = constant(5)
    assert not Link(node, other, Network(law), 1, False).special
    assert Link(node, other, Network(law, legs={int: constant(7)}), 1, False).special
    assert not Link(node, node, Network(law, legs={int: constant(7)}), 1, False).special
    link = Link(node, other, Network(law, legs={int: constant(7)}), 1, False)
    assert (link.arrival_ns(100, int), link.arrival_ns(100, str)) == (107, 105)
