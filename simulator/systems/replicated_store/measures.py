"""What is measured: staleness, refusals, divergence, and what repairs cost."""

from simulator.engine.words import N_
from simulator.parts.availability import at_least, nines, steady
from simulator.parts.quorum import majority
from simulator.systems.replicated_store.history import divergent, past


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual."""
    counts, ages = past(world).counts, past(world).ages
    operations = world.operations
    over = [one for one in operations if one.outcome is not None]
    answered = sum(one.outcome == "ok" for one in over) / len(over) if over else None
    replicas, clients = world.of("replica"), world.of("client")
    return [
        ("availability", N_("Answered operations, share"), answered, ""),
        ("nines", N_("Nines of availability"), nines(answered), ""),
        ("majority_up", N_("A majority of the replicas was up, share of the time"), majority_up(world), ""),
        ("majority_nines", N_("Nines of that"), nines(majority_up(world)), ""),
        ("majority_computed", N_("The same, computed from failures and repairs"), computed(world.options), ""),
        ("stale", N_("Stale reads"), counts["stale"], ""),
        ("stale_share", N_("Stale among reads after a write, share"), sum(stale for _age, stale in ages) / len(ages) if ages else None, ""),
        ("missed", N_("Reads that missed what their client knew"), counts["missed"], ""),
        ("refused", N_("Refused or unanswered operations"), counts["refused"], ""),
        ("lost", N_("Acknowledged writes that a new leader lacked"), counts["lost"], ""),
        ("divergent", N_("Keys whose replicas differ at the end"), divergent(world), ""),
        ("repaired", N_("Copies mended by read repair"), sum(getattr(client, "repairs", 0) for client in clients), ""),
        ("mended", N_("Keys mended by Merkle trees"), sum(getattr(replica, "mended", 0) for replica in replicas), ""),
        ("given", N_("Hints handed over"), sum(getattr(replica, "given", 0) for replica in replicas), ""),
        *((f"stale_{age}", title, share_stale(ages, *AGES_MS[age]), "") for age, title in AGE_TITLES.items()),
    ]


AGES_MS = {"at_once": (0, 1), "1_ms": (1, 2), "2_ms": (2, 5), "5_ms": (5, 10), "10_ms": (10, 1e12)}
AGE_TITLES = {
    "at_once": N_("Stale among reads up to 1 ms after the last acknowledgement, share"), "1_ms": N_("Stale among reads 1 to 2 ms after, share"),
    "2_ms": N_("Stale among reads 2 to 5 ms after, share"), "5_ms": N_("Stale among reads 5 to 10 ms after, share"),
    "10_ms": N_("Stale among reads later than 10 ms after, share"),
}


def share_stale(ages: list[tuple[int, int]], from_ms: float, until_ms: float) -> float | None:
    """Of reads that began so long after the last write of their key was acknowledged, the share that missed it."""
    within = [stale for age, stale in ages if from_ms * 1e6 <= age < until_ms * 1e6]
    return sum(within) / len(within) if within else None


def majority_up(world) -> float | None:
    """The share of the time so far in which more than half of the replicas were up."""
    found = past(world)
    found.look_who_is_up(world)
    total = sum(found.up_ns.values())
    enough = sum(ns for count, ns in found.up_ns.items() if count >= majority(world.options.replicas))
    return enough / total if total else None


def computed(options) -> float | None:
    """The chance that a majority is up, where each replica is up with probability mtbf / (mtbf + mttr), for itself."""
    if options.mtbf_s is None:
        return None
    return at_least(majority(options.replicas), options.replicas, steady(options.mtbf_s, options.mttr_s))


GAUGES = {
    "stale": (N_("Stale reads so far"), "", lambda world: past(world).counts["stale"]),
    "refused": (N_("Refused or unanswered so far"), "", lambda world: past(world).counts["refused"]),
    "divergent": (N_("Keys whose replicas differ"), "", divergent),
    "up": (N_("Replicas that are up"), "", lambda world: sum(node.state == "up" for node in world.of("replica"))),
}
