"""Holds a History against every model, strongest first.

What a stronger model explains, a weaker one does: linearizable implies sequential, that implies causal, that the session
guarantees. So a witness is handed down, and what is broken below is broken above.
"""

from collections.abc import Sequence

from simulator.engine.words import N_
from simulator.judges.consistency import by_key, by_program, by_reads
from simulator.judges.consistency.convergence import ends_of
from simulator.judges.consistency.history import History, named
from simulator.judges.consistency.sessions import GUARANTEES
from simulator.judges.consistency.specification import unknown_kinds
from simulator.judges.consistency.verdict import MODELS, NO, UNKNOWN, YES, Verdict

STEPS = 400_000
"""Configurations that a search may look at before it answers "unknown": some seconds, some 100 MB."""


def judge(history: History, models: Sequence[str] = MODELS, steps: int = STEPS) -> list[Verdict]:
    """A Verdict of each of `models`, strongest first."""
    strange = unknown_kinds(history.operations) or _mixed(history)
    if strange:
        template = N_("Operations of these kinds cannot be judged: {kinds}.")
        return [Verdict(model, UNKNOWN, template, {"kinds": ", ".join(strange)}) for model in MODELS if model in models]
    found: dict[str, Verdict] = {}
    if "convergence" in models:
        found["convergence"] = _convergence(history)
    if any(model != "convergence" for model in models):
        _by_strength(history, [model for model in models if model != "convergence"], steps, found)
    return [found[model] for model in MODELS if model in models]


def _by_strength(history: History, models: Sequence[str], steps: int, found: dict[str, Verdict]) -> None:
    """Each model down to the weakest that is asked for."""
    found["linearizable"] = by_key.judge(history, steps)
    if list(models) == ["linearizable"]:
        return
    found["sequential"] = _implied(found["linearizable"], "sequential") or _sequential(history, steps, found)
    found.setdefault("causal", _implied(found["sequential"], "causal") or by_reads.causal(history))
    for guarantee in GUARANTEES:
        found[guarantee] = _implied(found["causal"], guarantee) or by_reads.session(history, guarantee)


def _sequential(history: History, steps: int, found: dict) -> Verdict:
    """What is not causal is not sequential; else a search."""
    found["causal"] = by_reads.causal(history)
    if found["causal"].verdict == NO:
        return by_program.refused_as(found["causal"], history)
    verdict = by_program.judge(history, steps)
    if verdict.verdict == YES:
        del found["causal"]
    return verdict


def _implied(stronger: Verdict, model: str) -> Verdict | None:
    """Yes, because the stronger model says so."""
    if stronger.verdict != YES:
        return None
    because = {"linearizable": N_("It follows from linearizability: the same order explains it."),
               "sequential": N_("It follows from sequential consistency: the same order explains it."),
               "causal": N_("It follows from causal consistency.")}
    template = stronger.template if stronger.template in because.values() else because[stronger.model]
    return Verdict(model, YES, template, witness=stronger.witness)


def _mixed(history: History) -> list[str]:
    """Kinds that stand beside an append on one key."""
    for operations in by_key.keyed(history.operations).values():
        kinds = dict.fromkeys(one.f for one in operations if one.outcome != "fail")
        if "append" in kinds and any(kind not in ("append", "read", "nop") for kind in kinds):
            return [" + ".join(kinds)]
    return []


def _convergence(history: History) -> Verdict:
    """No where the last reads of a key differ; unknown where no key was read by two clients in the end."""
    compared, witness, open_ = 0, [], []
    for key, operations in by_key.keyed(history.operations).items():
        ends = ends_of(operations)
        if len(ends.reads) < 2:
            continue
        if not ends.agreed and not ends.quiet:
            open_.append(key)
            continue
        compared += 1
        witness += [one.id for one in ends.reads]
        if not ends.agreed:
            last = ends.reads[-1]
            other = next(one for one in reversed(ends.reads) if named(one.result) != named(last.result))
            values = {"key": key, "client": other.client, "value": named(other.result), "other": last.client, "last": named(last.result)}
            template = N_("The writes had ended, and at last {client} read {value}, but {other} read {last}.") if key is None else N_(
                "{key}: the writes had ended, and at last {client} read {value}, but {other} read {last}.")
            return Verdict("convergence", NO, template, values, key=key, conflict=(other.id, last.id), steps=len(history.operations))
    if open_:
        template = N_("At last clients read differently, but a write whose end nobody knows may have come between.")
        return Verdict("convergence", UNKNOWN, template, key=open_[0], steps=len(history.operations))
    if not compared:
        template = N_("No key was read by two clients after its last write had ended.")
        return Verdict("convergence", UNKNOWN, template, steps=len(history.operations))
    template = N_("After the last writes had ended, all clients came to read the same.")
    return Verdict("convergence", YES, template, {"keys": compared}, witness=tuple(sorted(witness)), steps=len(history.operations))
