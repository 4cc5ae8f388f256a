"""Experiments without a database: what may be asked, which replication is which, warm-ups, sizes, and what the sentences say."""

from math import ceil, exp, log

import pytest

from simulator.scenarios import findings, sizing
from simulator.scenarios.assumptions import assumptions
from simulator.scenarios.axes import label_of, options, title_of
from simulator.scenarios.cell import is_stable
from simulator.scenarios.document import parse
from simulator.scenarios.experiment import (
    cell_document, cells, compared_axis, expected_requests, load_axis, planned, slot, warm_ups,
)
from simulator.scenarios.mistake import Mistake
from simulator.scenarios.replication import least_warm_up, pilot, record
from tests.scenarios.experiments import grid, sized
from tests.systems.truth import config, scenario

SMALL = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "Small", "duration_s": 5,
         "config": {"arrivals": {"law": "poisson", "rate_per_s": 200}, "servers": [{"count": 4}, {"count": 2, "speed": 0.5}]}}
NAMES = [{"name": "random"}, {"name": "round_robin"}, {"name": "least_connections"}]
STRATEGY = {"path": "strategy", "values": NAMES}
RATE = {"path": "arrivals.rate_per_s", "values": [100, 200]}
SIZING = {"below_ms": 100, "low": 2, "high": 20}


@pytest.fixture
def document():
    """Four fast servers and two slow ones."""
    return parse(SMALL)


# What may be asked


def axis(path, *values):
    """An axis."""
    return {"path": path, "values": list(values)}


@pytest.mark.parametrize(("wanted", "field"), [
    ({"axes": []}, "axes"), ({}, "axes"),
    ({"axes": [axis("strategy")]}, "axes.0.values"),
    ({"axes": [axis("nothing", 1)]}, "axes.0.path"),
    ({"axes": [axis("servers.2.count", 1)]}, "axes.0.path"),
    ({"axes": [axis("servers.x.count", 1)]}, "axes.0.path"),
    ({"axes": [axis("arrivals.rate_per_s.x", 1)]}, "axes.0.path"),
    ({"axes": [axis("servers.0.size", 1)]}, "axes.0.values.0"),
    ({"axes": [STRATEGY, axis("servers.1.count", 1, 2, 0)]}, "axes.1.values.2"),
    ({"axes": [axis("servers.0.count", 5, "five")]}, "axes.0.values.1"),
    ({"axes": [axis("servers.0.count", 5, 999)]}, "axes.0.values.1"),
    ({"axes": [axis("strategy", {"name": "random"}, {"name": "best"})]}, "axes.0.values.1.name"),
    ({"axes": [axis("strategy", {"name": "power_of_two", "choices": 17})]}, "axes.0.values.0.choices"),
    ({"axes": [axis("strategy", "random")]}, "axes.0.values.0"),
    ({"axes": [axis("servers.0.count", 5, 6, 5)]}, "axes.0.values.2"),
    ({"axes": [RATE, RATE]}, "axes.1.path"),
    ({"axes": [axis("servers.0.count", *range(1, 101)), axis("arrivals.rate_per_s", *range(1, 12))]}, "axes"),
    ({"axes": [RATE] * 5}, "axes"),
    ({"axes": [RATE], "seeds": 1}, "seeds"), ({"axes": [RATE], "seeds": 1001}, "seeds"), ({"axes": [RATE], "seeds": 2.5}, "seeds"),
    ({"axes": [RATE], "first_seed": -1}, "first_seed"), ({"axes": [RATE], "first_seed": 2**53 - 5}, "first_seed"),
    ({"axes": [RATE], "warm_up_s": 5}, "warm_up_s"), ({"axes": [RATE], "warm_up_s": -1}, "warm_up_s"),
    ({"axes": [RATE], "kind": "other"}, "kind"), ({"axes": [RATE], "more": 1}, "more"),
    ({"axes": [RATE], "sizing": SIZING}, "sizing"),
    ({"kind": "sizing"}, "sizing"), ({"kind": "sizing", "sizing": {}}, "sizing.below_ms"),
    ({"kind": "sizing", "sizing": {**SIZING, "below_ms": 0}}, "sizing.below_ms"),
    ({"kind": "sizing", "sizing": {**SIZING, "percentile": 1}}, "sizing.percentile"),
    ({"kind": "sizing", "sizing": {**SIZING, "high": 1}}, "sizing.high"),
    ({"kind": "sizing", "sizing": {**SIZING, "high": 1000}}, "sizing.servers"),
    ({"kind": "sizing", "sizing": {**SIZING, "lost": 2}}, "sizing.lost"),
    ({"kind": "sizing", "sizing": {**SIZING, "servers": "arrivals.rate_per_s"}}, "sizing.servers"),
    ({"kind": "sizing", "sizing": {**SIZING, "servers": "servers.2.count"}}, "sizing.servers"),
    ({"kind": "sizing", "axes": [axis("servers.0.count", 1)], "sizing": SIZING}, "sizing.servers"),
    ({"kind": "sizing", "axes": [axis("arrivals.rate_per_s", *range(1, 52))], "sizing": SIZING}, "axes"),
])
def test_a_slip_is_one_sentence_that_names_the_field(document, wanted, field):
    with pytest.raises(Mistake) as slip:
        planned(document, wanted)
    assert slip.value.field == field
    assert str(slip.value).endswith(".") and field.rsplit(".", 1)[-1] in str(slip.value) or field.startswith("axes")


def test_a_system_that_cannot_be_replicated_says_so():
    with pytest.raises(Mistake, match="paxos"):
        planned(parse({"format": "distviz-scenario/1", "system": "paxos"}), {"axes": [axis("acceptors", 3, 5)]})


def test_defaults_are_spelled_out(document):
    plan = planned(document, {"axes": [STRATEGY]})
    assert (plan["kind"], plan["seeds"], plan["first_seed"], plan["warm_up_s"], plan["sizing"]) == ("grid", 10, 1, None, None)
    assert planned(document, {"kind": "sizing", "sizing": SIZING})["seeds"] == 30


def test_a_cell_is_its_values_laid_over_the_config(document):
    plan = planned(document, {"axes": [STRATEGY, RATE, axis("servers.1.count", 3)]})
    assert len(list(cells(plan["axes"]))) == 6
    made = cell_document(document, plan, (2, 1, 0))
    assert made.config["strategy"]["name"] == "least_connections" and made.config["arrivals"]["rate_per_s"] == 200
    assert [group["count"] for group in made.config["servers"]] == [4, 3] and made.config["servers"][1]["speed"] == 0.5


def test_lost_servers_are_those_of_the_group_that_is_sized(document):
    plan = planned(document, {"kind": "sizing", "sizing": {**SIZING, "low": 3, "servers": "servers.1.count", "lost": 2}})
    made = cell_document(document, plan, (), 7)
    assert made.config["servers"][1]["count"] == 7
    assert [(action.at_ns, action.kind, action.target) for action in made.actions] == [(0, "crash", "server-4"), (0, "crash", "server-5")]


def test_what_is_asked_for_is_counted(document):
    plan = planned(document, {"axes": [STRATEGY, RATE], "seeds": 4})
    assert expected_requests(document, plan, lambda _one: {}) == pytest.approx(3 * 5 * (100 + 200) * 5)
    told = planned(document, {"axes": [STRATEGY, RATE], "seeds": 4, "warm_up_s": 1})
    assert expected_requests(document, told, lambda _one: {}) == pytest.approx(3 * 4 * (100 + 200) * 5)


def test_every_option_that_is_offered_can_be_an_axis(document):
    found = {option["path"]: option for option in options(document)}
    assert {"strategy", "arrivals.rate_per_s", "servers.0.count", "servers.1.speed", "timeout_ms", "service"} <= set(found)
    assert found["arrivals.rate_per_s"]["load"] and not found["servers.0.count"]["load"]
    assert found["timeout_ms"]["nullable"] and str(found["strategy"]["title"]) == "Strategy"
    for path, option in found.items():
        values = [choice["value"] for choice in option["choices"]] if option["choices"] else [option["value"]]
        planned(document, {"axes": [axis(path, *values)]})


def test_axes_and_values_have_names(document):
    assert str(title_of(document, "servers.1.count")) == "Number, group 2" and str(title_of(document, "timeout_ms")) == "Timeout"
    assert str(label_of(document, "strategy", {"name": "power_of_two"})) == "Power of two choices"
    assert str(label_of(document, "strategy", {"name": "power_of_two", "choices": 3})) == "Power of two choices (choices 3)"
    assert [str(label_of(document, "servers.0.count", value)) for value in (None, 1234, 0.5)] == ["none", "1,234", "0.5"]


def test_the_load_and_what_is_compared(document):
    plan = planned(document, {"axes": [RATE, STRATEGY]})
    assert (load_axis(document, plan), compared_axis(document, plan)) == (0, 1)
    falling = planned(document, {"axes": [axis("arrivals.rate_per_s", 200, 100)]})
    assert (load_axis(document, falling), compared_axis(document, falling)) == (None, 0)
    assert compared_axis(document, planned(document, {"axes": [RATE]})) is None


# Which replication is which


@pytest.mark.parametrize(("count", "seeds"), [(1, 2), (3, 2), (4, 5), (7, 10)])
def test_every_cell_gets_every_seed_once_and_two_of_them_first(count, seeds):
    slots = [slot({"seeds": seeds}, count, number) for number in range(count * seeds)]
    assert sorted(slots) == [(cell, seed) for cell in range(count) for seed in range(seeds)]
    assert {cell for cell, _seed in slots[: 2 * count]} == set(range(count))


def test_cells_that_are_compared_leave_out_the_same(document):
    plan = planned(document, {"axes": [STRATEGY, RATE]})
    found = {at: 10**8 * (1 + at[0] + 5 * at[1]) for at in cells(plan["axes"])}
    warm = warm_ups(document, plan, found)
    assert all(warm[at] == max(found[strategy, at[1]] for strategy in range(3)) for at in found)
    assert set(warm_ups(document, plan, dict.fromkeys(found, 0)).values()) == {least_warm_up(document)} == {5 * 10**7}


def test_a_warm_up_that_is_told_is_taken():
    assert least_warm_up(parse({**SMALL, "warm_up_s": 2})) == 2 * 10**9
    assert planned(parse(SMALL), {"axes": [RATE], "warm_up_s": 1.5})["warm_up_s"] == 1.5
    assert planned(parse(SMALL), {"axes": [RATE]})["warm_up_s"] is None


CRASH = {"actions": [{"at_ns": 10**9, "kind": "crash", "target": "server-0"}]}
CURVE = {"law": "curve", "points": [[0, 100], [5, 300]]}


@pytest.mark.parametrize(("changes", "axes"), [
    (CRASH, [RATE]), ({"config": {**SMALL["config"], "arrivals": CURVE}}, [STRATEGY]),
    ({}, [{"path": "arrivals", "values": [{"law": "poisson"}, CURVE]}]),
])
def test_what_never_settles_takes_the_warm_up_of_the_scenario(changes, axes):
    """A pilot would find the crash, or the curve, and not the beginning."""
    restless = parse({**SMALL, "warm_up_s": 1, **changes})
    assert planned(restless, {"axes": axes})["warm_up_s"] == 1
    sizing = planned(restless, {"kind": "sizing", "axes": [axis for axis in axes if axis["path"] == "arrivals"], "sizing": {**SIZING, "low": 3, "lost": 1}})
    assert sizing["warm_up_s"] == (1 if changes or axes[0]["path"] == "arrivals" else None)


def test_a_pilot_finds_where_an_empty_system_has_filled_up():
    """M/M/1 at 95 % starts empty and needs some hundred services; at 10 % next to nothing."""
    warm = [pilot(scenario(config(rho, [{"count": 1}]), 20_000), 99, {}) / 1e9 for rho in (0.1, 0.95)]
    assert warm[0] <= 200 < warm[1] < 10_001


def test_a_replication_is_the_same_twice_and_counts_after_the_warm_up(document):
    one, other = record(document, 3, 10**9, {}), record(document, 3, 10**9, {})
    assert one[0] == other[0] and one[1].pack() == other[1].pack()
    whole = record(document, 3, 0, {})[0]
    assert 0.7 < one[0]["sent"] / whole["sent"] < 0.9 and one[0]["span_s"] == 4 and one[0]["worst_ns"] >= 10**9


def test_a_replication_says_what_a_run_says(document):
    from simulator.scenarios.play import simulate

    warm = parse({**SMALL, "warm_up_s": 1})
    summary, (found, _tail) = simulate(warm, 3), record(warm, 3, 10**9, {})
    assert {name: found[name] for name in ("sent", "ok", "failed")} == {name: summary[name] for name in ("sent", "ok", "failed")}
    assert found["goodput_per_s"] == summary["throughput_per_s"] and found["utilisation"] == pytest.approx(summary["utilisation"], rel=1e-12)
    for name in ("mean", "p50", "p99"):
        assert found[f"{name}_ms"] == pytest.approx(summary["latency_ms"][name], rel=1e-12)


def test_servers_are_paid_for_while_they_are_there():
    options_ = config(1, [{"count": 3}])
    acts = [{"at_ns": 1800 * 10**9, "kind": "add_server", "params": {}}, {"at_ns": 900 * 10**9, "kind": "remove", "target": "server-0"},
            {"at_ns": 10**9, "kind": "crash", "target": "server-1"}]
    found, _tail = record(scenario(options_, 3600, 0, acts), 1, 0, {})
    assert found["server_hours"] == pytest.approx(2 + 0.25 + 0.5)


def test_work_for_nobody_is_throughput_but_not_goodput():
    """At 95 % with a timeout, servers finish many answers that nobody waits for."""
    found, _tail = record(scenario(config(0.95, [{"count": 1}], timeout_ms=3000), 20_000), 1, 10**12, {})
    assert found["throughput_per_s"] == pytest.approx(0.95, rel=0.03) and found["goodput_per_s"] < 0.5 * found["throughput_per_s"]


def test_retries_are_measured_where_there_are_some():
    assert record(parse(SMALL), 1, 0, {})[0]["extras"] == {}
    retrying = parse({**SMALL, "config": {**SMALL["config"], "retries": {"retries": 2, "retry_on": ["rejected"]}, "timeout_ms": 1000, "servers": [{"count": 3, "queue_limit": 1}]}})
    extras = record(retrying, 1, 0, {})[0]["extras"]
    assert 1 < extras["attempts_per_request"] <= 3 and extras["retries_per_request"] > 0


# Stability


@pytest.mark.parametrize(("unstable", "seeds", "stable"), [
    (0, 2, True), (1, 2, True), (2, 2, False), (1, 10, True), (2, 10, False), (5, 30, True), (6, 30, False)])
def test_a_cell_is_unstable_where_a_fifth_of_its_seeds_are(unstable, seeds, stable):
    assert is_stable(unstable, seeds) is stable


def test_one_slow_server_of_ten_at_60_percent_is_unstable_for_those_that_do_not_look():
    base = scenario(config(0.6 * 9.2, [{"count": 9}, {"count": 1, "speed": 0.2}]), 2_000)
    values = [{"name": name} for name in ("random", "round_robin", "power_of_two", "peak_ewma", "least_connections")]
    plan, found = grid(base, axes=[axis("strategy", *values)], seeds=4)
    assert [cell["facts"]["stable"] for cell in found] == [False, False, True, True, True]
    assert [cell["facts"]["latency_ms"] is None for cell in found] == [True, True, False, False, False]
    pair = findings.answer(base, plan, found)["points"][0]["pairs"][1]
    assert (pair["a"], pair["b"], pair["stable"], pair["mean_ms"]) == (0, 2, "b", None)


def test_ten_percent_too_much_is_called_unstable_even_in_short_runs():
    _plan, found = grid(parse({**SMALL, "duration_s": 12.5, "config": {"arrivals": {"law": "poisson", "rate_per_s": 1100}}}), axes=[STRATEGY])
    assert [cell["facts"]["stable"] for cell in found] == [False, False, False]


# Sizes


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 2), (3, 9), (1, 64), (5, 100)])
def test_bisection_finds_the_smallest_that_holds(low, high):
    plan = {"sizing": {"low": low, "high": high}}
    for smallest in range(low, high + 2):
        verdicts, probes = {}, 0
        while (servers := sizing.step(plan, verdicts)[0]) is not None:
            verdicts[servers], probes = servers >= smallest, probes + 1
        assert sizing.step(plan, verdicts) == (None, smallest if smallest <= high else None)
        assert probes <= (high - low + 1).bit_length()


def shares(*values, stable=True):
    """Records of a probe."""
    return [{"stable": stable, "within": value} for value in values]


@pytest.mark.parametrize(("records", "said"), [
    (shares(), (None, False)), (shares(1, 1, 1, 1), (None, False)), (shares(1, 1, 1, 1, 1), (True, False)),
    (shares(0.9, 0.9, 0.91, 0.9, 0.9), (False, False)), (shares(0, 0, 0, 0, 0, stable=False), (False, False)),
    (shares(0.98, 1, 0.99, 0.985, 0.995), (None, False)), (shares(*[0.98, 1, 0.99, 0.985, 0.995] * 2), (False, True)),
])
def test_a_probe_is_decided_as_soon_as_its_interval_allows(records, said):
    assert sizing.verdict({"seeds": 10, "sizing": {"percentile": 0.99}}, records) == said


def test_the_smallest_number_of_servers_is_that_of_theory():
    """Chosen at random, each of k servers is M/M/1 at 4 / k: P(T <= 10 s) = 1 - exp(-10 (1 - 4 / k)) >= 99 % from k = 8 on."""
    smallest = ceil(4 / (1 + log(0.01) / 10))
    assert smallest == 8 and 1 - exp(-10 * (1 - 4 / 7)) < 0.987
    _plan, found = sized(scenario(config(4, [{"count": 1}]), 4_000), sizing={"low": 5, "high": 16, "below_ms": 10_000})
    assert (found[0]["servers"], found[0]["over"]) == (smallest, True)


def test_with_one_lost_it_takes_one_more():
    base = scenario(config(4, [{"count": 1}]), 4_000)
    _plan, found = sized(base, sizing={"low": 5, "high": 16, "below_ms": 10_000, "lost": 1})
    assert found[0]["servers"] == 9


def test_no_number_is_enough():
    plan, found = sized(scenario(config(4, [{"count": 1}]), 500), axes=[axis("strategy", {"name": "random"}, {"name": "round_robin"})],
                        sizing={"low": 5, "high": 8, "below_ms": 50}, seeds=5)
    assert [(size["servers"], size["over"]) for size in found] == [(None, True), (None, True)]
    assert "99 % of all requests are not answered within 50 ms" in sizing.sentence(scenario(config(4, [{"count": 1}]), 500), plan, found)


# What they say


def test_the_findings_and_their_sentence():
    base = scenario(config(8.0, [{"count": 10}]), 1_000)
    plan, found = grid(base, axes=[axis("strategy", *NAMES), axis("arrivals.rate_per_s", 6, 8, 12)], seeds=5)
    answer = findings.answer(base, plan, found)
    assert (answer["compared"], len(answer["points"]), len(answer["loads"])) == (0, 3, 3)
    point = answer["points"][1]
    assert point["at"] == [None, 1] and point["cells"] == [1, 4, 7] and point["best"] == 2
    first = point["pairs"][0]
    assert (first["a"], first["b"], first["stable"], first["mean_ms"]["lower"], first["mean_ms"]["count"]) == (0, 1, "both", "b", 5)
    gap = found[4]["facts"]["latency_ms"]["mean"]["mean"] - found[1]["facts"]["latency_ms"]["mean"]["mean"]
    assert first["mean_ms"]["difference"] == pytest.approx(gap, rel=1e-9)
    assert {load["largest_stable"] for load in answer["loads"]} == {8} and not any(load["open"] for load in answer["loads"])
    said = str(findings.sentence(base, plan, answer, found))
    assert said == ("Least connections is significantly faster than all others at 2 of 3 points. The largest load that is served is 8 1/s.")


def test_the_assumptions_fit_what_was_asked(document):
    def said(**wanted):
        return " ".join(assumptions(document, planned(document, wanted)))

    both, alone = said(axes=[STRATEGY, RATE]), said(axes=[RATE], warm_up_s=1)
    assert "Holm" in both and "Kleinrock" in both and "MSER-5" in both
    assert "Holm" not in alone and "MSER-5" not in alone and "The first 1 s" in alone
    sizes = said(kind="sizing", sizing={**SIZING, "lost": 1})
    assert "bisection" in sizes and "99.17 % confidence" in sizes and "1 of these servers are down" in sizes
