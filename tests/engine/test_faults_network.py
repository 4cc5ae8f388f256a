"""What cuts, partitions and losses do to messages, and what can be done to a single one: the promises of faults.py."""

import pytest

from simulator.engine.action import ActionRefused
from simulator.engine.clock import MS
from simulator.engine.rows import CUT, DELIVERED, DROPPED, LOST
from tests.tools.toys import act, after, fates, heard_by, start, tell, told


@pytest.fixture
def run():
    """Three peers, a millisecond apart from each other, all started."""
    return after(start(), 1)


def message(run):
    """The number of the message that was sent last."""
    return str(run.cluster.next_event - 1)


# The network


def test_a_cut_is_one_way(run):
    act(run, "cut", "peer-0->peer-1")
    tell(run)
    tell(run, "peer-1", "peer-0", "back")
    after(run, 2)
    assert (heard_by(run, "peer-1"), heard_by(run, "peer-0")) == ([], ["back"])


@pytest.mark.parametrize(("cut_ms", "mend_ms"), [(0.0, 0.5), (0.5, 5.0)], ids=["cut when it leaves", "cut when it arrives"])
def test_a_message_is_lost_if_its_link_is_cut_when_it_leaves_or_when_it_arrives(run, cut_ms, mend_ms):
    if cut_ms == 0:
        act(run, "cut", "peer-0->peer-1")
    tell(run)
    if cut_ms:
        act(after(run, cut_ms), "cut", "peer-0->peer-1")
    act(after(run, mend_ms), "mend", "peer-0->peer-1")
    assert heard_by(after(run, 5), "peer-1") == []
    assert fates(run) == [CUT]


def test_a_message_survives_a_cut_that_begins_and_ends_while_it_is_on_its_way(run):
    tell(run)
    act(after(run, 0.2), "cut", "peer-0->peer-1")
    act(after(run, 0.2), "mend", "peer-0->peer-1")
    assert heard_by(after(run, 1), "peer-1") == ["hello"]


def test_a_partition_cuts_both_ways_between_groups_and_not_within():
    run = after(start(peers=5), 1)
    act(run, "partition", groups="peer-0,peer-1|peer-2,peer-3,peer-4")
    for src, dst in (("peer-0", "peer-1"), ("peer-0", "peer-2"), ("peer-2", "peer-0"), ("peer-3", "peer-4")):
        tell(run, src, dst, f"{src} to {dst}")
    after(run, 2)
    assert [heard_by(run, f"peer-{n}") for n in range(5)] == [[], ["peer-0 to peer-1"], [], [], ["peer-3 to peer-4"]]
    act(run, "heal")
    tell(run, "peer-0", "peer-2")
    assert heard_by(after(run, 1), "peer-2") == ["hello"]


def test_a_bridge_reaches_both_sides():
    run = after(start(), 1)
    act(run, "partition", groups="peer-0,peer-1|peer-1,peer-2")
    tell(run, "peer-1", "peer-0,peer-2")
    tell(run, "peer-0", "peer-1,peer-2")
    after(run, 2)
    assert [len(heard_by(run, f"peer-{n}")) for n in range(3)] == [1, 1, 1]


def test_nodes_that_a_partition_does_not_name_keep_their_links():
    run = after(start(peers=4), 1)
    act(run, "partition", groups="peer-0|peer-1")
    tell(run, "peer-0", "peer-1,peer-2")
    tell(run, "peer-3", "peer-1")
    after(run, 2)
    assert [len(heard_by(run, f"peer-{n}")) for n in range(4)] == [0, 1, 1, 0]


def test_a_partition_of_very_many_nodes_is_refused_and_one_of_a_rack_among_them_is_done():
    run = after(start(peers=300), 1)
    names = [f"peer-{n}" for n in range(300)]
    with pytest.raises(ActionRefused, match="^groups would cut 45,000 ways from node to node; at most 25,000"):
        act(run, "partition", groups=f"{','.join(names[:150])}|{','.join(names[150:])}")
    assert not run.cluster.cut
    act(run, "partition", groups=f"{','.join(names[:10])}|{','.join(names[10:])}")
    assert len(run.cluster.cut) == 2 * 10 * 290


def test_an_isolated_node_is_cut_off_both_ways(run):
    act(run, "isolate", "peer-0")
    tell(run, "peer-0", "peer-1,peer-2")
    tell(run, "peer-1", "peer-0")
    tell(run, "peer-1", "peer-2")
    after(run, 2)
    assert [len(heard_by(run, f"peer-{n}")) for n in range(3)] == [0, 0, 1]


def test_what_was_lost_stays_lost_after_healing(run):
    act(run, "isolate", "peer-0")
    tell(run)
    act(after(run, 5), "heal")
    assert heard_by(after(run, 5), "peer-1") == []


def test_a_link_that_loses_all_and_one_that_doubles_all(run):
    act(run, "lose", "peer-0->peer-1", share=1)
    act(run, "duplicate_link", "peer-0->peer-2", share=1)
    tell(run, dst="peer-1,peer-2")
    after(run, 2)
    assert (heard_by(run, "peer-1"), heard_by(run, "peer-2")) == ([], ["hello", "hello"])
    assert fates(run) == [LOST, DELIVERED, DELIVERED]


def test_a_delayed_link_takes_longer_for_what_leaves_from_now_on(run):
    tell(run, text="before")
    act(run, "delay_link", "peer-0->peer-1", ms=10)
    tell(run, text="after")
    assert heard_by(after(run, 1), "peer-1") == ["before"]
    assert heard_by(after(run, 9.9), "peer-1") == ["before"]
    assert heard_by(after(run, 0.1), "peer-1") == ["before", "after"]


def test_mending_a_link_takes_all_its_faults_away(run):
    act(run, "lose", "peer-0->peer-1", share=1)
    act(run, "delay_link", "peer-0->peer-1", ms=10)
    act(run, "mend", "peer-0->peer-1")
    tell(run)
    assert heard_by(after(run, 1), "peer-1") == ["hello"]
    assert run.keyframe()["links"] == []


# One message


def test_a_message_can_be_dropped(run):
    tell(run)
    act(run, "drop", message(run))
    assert heard_by(after(run, 5), "peer-1") == []
    assert fates(run) == [DROPPED]


def test_a_message_can_be_duplicated_and_the_copy_has_the_same_cause(run):
    tell(run)
    act(run, "duplicate", message(run))
    assert heard_by(after(run, 5), "peer-1") == ["hello", "hello"]
    first, second = told(run).messages()
    assert (first.body, first.fate, second.body, second.fate) == (first.body, DELIVERED, first.body, DELIVERED)


def test_a_message_can_be_delayed_and_delivered_at_once(run):
    tell(run)
    number = message(run)
    act(run, "delay", number, ms=50)
    assert heard_by(after(run, 50.9), "peer-1") == []
    act(run, "deliver", number)
    assert heard_by(after(run, 0), "peer-1") == ["hello"]
    assert heard_by(after(run, 60), "peer-1") == ["hello"]
    assert [(one.at_ns / MS, one.fate) for one in told(run).messages()] == [(51.9, DELIVERED)]


@pytest.mark.parametrize("kind", ["drop", "duplicate", "delay", "deliver"])
def test_what_is_not_in_flight_is_left_alone(run, kind):
    tell(run)
    number = message(run)
    after(run, 5)
    with pytest.raises(ActionRefused, match="not in flight"):
        act(run, kind, number)
    for nonsense in ("peer-0", "-1", "999999", ""):
        with pytest.raises(ActionRefused, match="number of a message"):
            act(run, kind, nonsense)
