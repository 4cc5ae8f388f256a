"""Copysets against random placement in HDFS: losses are rarer, and as large on average (Cidon et al., USENIX ATC 2013)."""

from itertools import combinations
from math import comb

import numpy as np
import pytest

from simulator.systems.sharded_files.hdfs.preload import Preload
from tests.systems.sharded_files.running import breaches, built, played

NODES, R, BLOCKS = 30, 3, 3000
TRIPLES = np.array(list(combinations(range(NODES), R)))


def config(placement: str, blocks: int = BLOCKS, **more) -> dict:
    """Ten racks of three nodes, one block a file."""
    return {"design": {"name": "hdfs", "placement": {"name": placement}, "recheck_s": 0.0, **more}, "racks": 10, "nodes_per_rack": 3, "files": blocks,
            "size": {"law": "constant", "mb": 1.0}, "clients": 0}


def placed(placement: str) -> Preload:
    """Where the first blocks are."""
    return Preload(built(config(placement)).config, 1)


def lost(places) -> np.ndarray:
    """How many blocks the loss of each group of three nodes takes with it."""
    held = np.zeros((NODES,) * R, np.int64)
    np.add.at(held, tuple(np.sort(np.array(places), axis=1).T), 1)
    return held[tuple(TRIPLES.T)]


@pytest.mark.parametrize(("placement", "rarely", "often"), [("random", 0.45, 0.6), ("default", 0.18, 0.2), ("copysets", 0.003, 0.006)])
def test_with_copysets_few_groups_of_nodes_hold_all_replicas_of_a_block(placement, rarely, often):
    """3000 random blocks on 4060 groups: 1 - e^(-3000/4060) = .52; two permutations make 20 copysets: .0049.

    HDFS's own policy has two replicas in one rack: 810 of the groups, .1995. On average .74 blocks are lost with each of them.
    """
    gone = lost(placed(placement).places)
    assert rarely < (gone > 0).mean() < often
    assert gone.mean() == BLOCKS / comb(NODES, R)


@pytest.mark.parametrize("placement", ["random", "copysets"])
def test_replicas_are_in_two_racks_at_least_and_nodes_are_nearly_even(placement):
    first = placed(placement)
    assert all(len({node // 3 for node in places}) > 1 and len(set(places)) == R for places in first.places)
    counts = np.bincount([node for places in first.places for node in places], minlength=NODES)
    assert counts.std() / counts.mean() < 0.1


def test_three_nodes_that_are_lost_at_once_take_blocks_with_them_less_often():
    """By running: the same six groups of three nodes crash, and the name node counts the blocks that nobody has."""
    groups = np.random.default_rng(4).permutation(TRIPLES)[:6]
    often = {}
    for placement in ("random", "copysets"):
        losses = []
        for group in groups:
            run = played(config(placement), 1, 45, [(1000, "crash", f"data_node-{node}") for node in group])
            losses.append(run.cluster.of("name_node")[0].lost)
        often[placement] = sum(count > 0 for count in losses)
    assert often["copysets"] == 0 and often["random"] >= 2


def test_repairs_make_few_new_copysets():
    """A node is gone: its blocks go to one new node for each pair that is left, not to all of them."""
    groups = {}
    for placement in ("random", "copysets"):
        run = played(config(placement, 600, work_multiplier=100, max_streams=50), 1, 200, [(1000, "crash", "data_node-4")])
        master = run.cluster.of("name_node")[0]
        assert master.under_replicated == 0 and not breaches(run)
        where: dict[int, tuple] = {}
        for node in run.cluster.of("data_node"):
            if node.state == "up":
                for block in node.shelf:
                    where[block] = (*where.get(block, ()), node.id)
        assert all(len(nodes) == R for nodes in where.values())
        groups[placement] = len({frozenset(nodes) for nodes in where.values()})
    assert groups["copysets"] <= 22 < 400 < groups["random"]


def test_new_blocks_go_to_copysets_too():
    run = played(config("copysets", 0) | {"clients": 3, "think_ms": 200.0, "mix": {"create": 1, "write": 0, "append": 0, "read": 0, "delete": 0}}, 1, 60)
    where: dict[int, tuple] = {}
    for node in run.cluster.of("data_node"):
        for block in node.shelf:
            where[block] = (*where.get(block, ()), node.id)
    whole = {frozenset(nodes) for nodes in where.values() if len(nodes) == R}
    assert len(where) > 100 and len(whole) <= 20 and not breaches(run)
