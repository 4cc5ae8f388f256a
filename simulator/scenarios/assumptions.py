"""What an Experiment takes for granted, a sentence each, so that whoever reads its table knows what it means."""

from simulator.engine.words import N_
from simulator.scenarios.document import ScenarioDocument
from simulator.scenarios.experiment import compared_axis, load_axis, needs_pilot, settles
from simulator.scenarios.mistake import Phrase
from simulator.scenarios.replication import LEAST_SHARE, LEAST_SHARE_OF_LOSS
from simulator.scenarios.sizing import LOOK, looks

SEEDS_ALIKE = N_("All cells meet the same arrivals and the same demands, seed by seed (common random numbers).")
INTERVALS = N_("Intervals are Student's t with 95 % confidence, over independent seeds.")
PERCENTILES = N_("Percentiles are those of all seeds' requests together, right to 0.2 %; their intervals come from the seeds' own percentiles.")
UNSTABLE = N_("A cell is unstable where on average more work arrives than all servers, or one that gets a fixed share of it, can do; else where the queues of two of its seeds grow, or of a fifth of them, whichever is more: then it has no latency. Fewer are left out of the latencies and counted.")
LATENCY = N_("Latencies are of requests that were answered; the others are counted as failed.")
PILOT = N_("What the beginning distorts is left out: MSER-5 (batches of 5) finds it in the requests in the system of a pilot run of each cell, "
           "whose seed is not measured; at least {share} % of the run.")
PILOT_TOGETHER = N_("Cells that are compared leave out the same, the longest that one of their pilots asks for.")
WARM_UP_TOLD = N_("The first {seconds} s of each replication are left out.")
SETTLES_NEVER = N_("What happens at set times (actions, a drawn or recorded load, an attack) happens in every replication, so nothing is taken to "
                   "settle: averages are over all that follows.")
PAIRED = N_("Differences are paired by seed; what is called significant is so at 5 % for all pairs of one point and one measure together (Holm).")
KNEE = N_("The knee is the load at which throughput / mean latency, Kleinrock's power, is largest among the loads that were tried.")
LARGEST = N_("The largest stable load is the last one before the first that is unstable, among those that were tried.")
MONOTONE = N_("More servers are taken to be never worse: bisection looks at some numbers only.")
SHARE = N_("A request counts as answered in time if its answer came within the limit; failed ones do not, nor does any of a seed that is unstable.")
LOOKS = N_("A number of servers is looked at after every {look} seeds, at most {most} times, each time with {confidence} % confidence, "
           "which makes 95 % together; undecided after all seeds counts as not enough.")
LOST = N_("{lost} of these servers are down all the time: they crash at the very beginning, and at least {share} % of each run is left out.")


def assumptions(document: ScenarioDocument, plan: dict) -> list[Phrase]:
    """The sentences that hold for this Experiment."""
    said = [Phrase(SEEDS_ALIKE), Phrase(INTERVALS), Phrase(LATENCY), Phrase(PERCENTILES), Phrase(UNSTABLE), *_warm_up(document, plan)]
    if plan["kind"] == "sizing":
        return said + _sizing(plan)
    if compared_axis(document, plan) is not None:
        said.append(Phrase(PAIRED))
    if load_axis(document, plan) is not None:
        said += [Phrase(LARGEST), Phrase(KNEE)]
    return said


def _warm_up(document: ScenarioDocument, plan: dict) -> list[Phrase]:
    if not needs_pilot(plan):
        told = Phrase(WARM_UP_TOLD, seconds=f"{plan['warm_up_s']:g}")
        return [told] if settles(document) else [told, Phrase(SETTLES_NEVER)]
    lost = plan["sizing"] and plan["sizing"]["lost"]
    said = [Phrase(PILOT, share=f"{100 * (LEAST_SHARE_OF_LOSS if lost else LEAST_SHARE):g}")]
    return said + [Phrase(PILOT_TOGETHER)] if compared_axis(document, plan) is not None and plan["kind"] == "grid" else said


def _sizing(plan: dict) -> list[Phrase]:
    most, lost = len(looks(plan["seeds"])), plan["sizing"]["lost"]
    said = [Phrase(SHARE), Phrase(LOOKS, look=LOOK, most=most, confidence=f"{100 * (1 - 0.05 / most):.4g}"), Phrase(MONOTONE)]
    return said + [Phrase(LOST, lost=lost, share=f"{100 * LEAST_SHARE_OF_LOSS:g}")] if lost else said
