"""Checks Actions, a Scenario's or a click's, before anything runs."""

import re
from collections.abc import Iterable

from simulator.engine.action import Action, ActionRefused, ActionSpec, check_params
from simulator.engine.clock import text_s
from simulator.engine.system import System
from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.wants import one_of


def check_actions(facts: System, options, raw: Iterable[dict], duration_ns: int) -> list[Action]:
    """`raw` Actions as Actions with all params, in the order given; Mistake names "actions.3.target"."""
    raw = list(raw)
    return [check_action(facts, options, item, duration_ns, raw, f"actions.{index}") for index, item in enumerate(raw)]


def check_action(facts: System, options, raw: dict, duration_ns: int, others: Iterable[dict], field: str) -> Action:
    """One Action as an Action with all params.

    `others` are the Actions it stands among (as documents): what they add by then can be its target.
    """
    spec = _spec(facts, raw["kind"], field)
    if not 0 <= raw["at_ns"] < duration_ns:
        sentence = Phrase(N_("{field} must be within the run: from 0 to before {end_ns} ({end})."),
                          field=f"{field}.at_ns", end_ns=duration_ns, end=text_s(duration_ns))
        raise Mistake(f"{field}.at_ns", sentence)
    _check_target(spec, options, raw, others, f"{field}.target")
    try:
        params = check_params(spec, raw.get("params", {}))
    except ActionRefused as refused:
        raise Mistake(f"{field}.{refused.field}", Phrase("{field}: {said}", field=field, said=Phrase(refused.template, **refused.values))) from None
    return Action(raw["at_ns"], spec.kind, raw.get("target", ""), params)


def _spec(facts: System, kind: str, field: str) -> ActionSpec:
    kinds = {spec.kind: spec for spec in facts.actions}
    if kind not in kinds:
        raise Mistake(f"{field}.kind", Phrase(N_("{field} must be {wanted}."), field=f"{field}.kind", wanted=one_of(kinds)))
    return kinds[kind]


def _check_target(spec: ActionSpec, options, raw: dict, others, field: str) -> None:
    target = raw.get("target", "")
    if not spec.role:
        if target:
            raise Mistake(field, Phrase(N_("{field} must be empty: {kind} is done to the whole system."), field=field, kind=spec.kind))
        return
    count = _count(options, spec.role)
    if count is None:
        return
    count += sum(other["kind"] == f"add_{spec.role}" and other["at_ns"] <= raw["at_ns"] for other in others)
    match = re.fullmatch(rf"{spec.role}-(0|[1-9]\d{{0,8}})", target, re.ASCII)
    if not match or int(match[1]) >= count:
        sentence = Phrase(N_("{field} must be one of the nodes there are by then: {first} to {last}."),
                          field=field, first=f"{spec.role}-0", last=f"{spec.role}-{count - 1}")
        raise Mistake(field, sentence)


def _count(options, role: str) -> int | None:
    """How many nodes of `role` the Config makes, where it says so: groups called `<role>s`, each with a count.

    Their ids are <role>-0, <role>-1, ...; the Action add_<role> makes the next one.
    """
    groups = getattr(options, f"{role}s", None)
    return sum(group.count for group in groups) if groups else None
