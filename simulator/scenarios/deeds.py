"""Checks Actions, a Scenario's or a click's, before anything runs."""

import re
from collections.abc import Iterable, Mapping

from simulator.engine.action import Action, ActionRefused, ActionSpec, check_params
from simulator.engine.clock import text_s
from simulator.engine.system import System
from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.wants import one_of

NODE = re.compile(r"([a-z][a-z0-9_]*)-(0|[1-9]\d{0,8})", re.ASCII)
MESSAGE = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


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
    _check_target(facts, spec, options, raw, others, f"{field}.target")
    try:
        params = check_params(spec, raw.get("params", {}))
    except ActionRefused as refused:
        raise Mistake(f"{field}.{refused.field}", Phrase("{field}: {said}", field=field, said=Phrase(refused.template, **refused.values))) from None
    _check_groups(facts, options, raw, params, others, f"{field}.params.groups")
    return Action(raw["at_ns"], spec.kind, raw.get("target", ""), params)


def _spec(facts: System, kind: str, field: str) -> ActionSpec:
    kinds = {spec.kind: spec for spec in facts.actions}
    if kind in facts.refuses:
        sentence = N_("{field}: {kind} cannot be done here: {reason}")
        raise Mistake(f"{field}.kind", Phrase(sentence, field=f"{field}.kind", kind=kind, reason=Phrase(facts.refuses[kind])))
    if kind not in kinds:
        raise Mistake(f"{field}.kind", Phrase(N_("{field} must be {wanted}."), field=f"{field}.kind", wanted=one_of(kinds)))
    return kinds[kind]


def _check_target(facts: System, spec: ActionSpec, options, raw: dict, others, field: str) -> None:
    target = raw.get("target", "")
    if not spec.role:
        if target:
            raise Mistake(field, Phrase(N_("{field} must be empty: {kind} is done to the whole system."), field=field, kind=spec.kind))
    elif spec.role == "message":
        if not MESSAGE.fullmatch(target):
            raise Mistake(field, Phrase(N_("{field} must be the number of a message, such as 1041."), field=field))
    else:
        counts = _counts(facts, options, raw, others)
        if spec.role == "link":
            _check_link(counts, target, field)
        else:
            suited = {role: count for role, count in counts.items() if spec.suits(role)}
            _check_node(suited or {spec.role: None}, target, field)


def _check_link(counts: Mapping[str, int | None], target: str, field: str) -> None:
    ends = target.split("->")
    if len(ends) != 2 or ends[0] == ends[1] or not all(_known(counts, end) for end in ends):
        first, *_rest, last = _ends(counts)
        sentence = N_("{field} must be a link between two different nodes that are there by then, such as {first}->{last}.")
        raise Mistake(field, Phrase(sentence, field=field, first=first, last=last))


def _check_node(counts: Mapping[str, int | None], target: str, field: str) -> None:
    if not _known(counts, target):
        ends = _ends(counts)
        ranges = ", ".join(f"{first} - {last}" if first != last else first for first, last in zip(ends[::2], ends[1::2], strict=True))
        if len(ends) == 2:
            sentence = N_("{field} must be one of the nodes there are by then: {first} to {last}.")
            raise Mistake(field, Phrase(sentence, field=field, first=ends[0], last=ends[1]))
        raise Mistake(field, Phrase(N_("{field} must be one of the nodes there are by then: {nodes}."), field=field, nodes=ranges))


def _check_groups(facts: System, options, raw: dict, params: dict, others, field: str) -> None:
    """Groups of nodes, as a partition takes them: "a,b|c,d,e". A node may be in several of them."""
    if facts.kernel != "actors" or not isinstance(params.get("groups"), str):
        return
    counts = _counts(facts, options, raw, others)
    groups = [[name.strip() for name in group.split(",")] for group in params["groups"].split("|")]
    strangers = [name for group in groups for name in group if not _known(counts, name)]
    if strangers or any(len(set(group)) < len(group) for group in groups):
        first, *_rest, last = _ends(counts)
        sentence = N_("{field} must be groups of nodes that are there by then, each node once in a group, such as {first}|{last}.")
        raise Mistake(field, Phrase(sentence, field=field, first=first, last=last))


def _known(counts: Mapping[str, int | None], name: str) -> bool:
    """Whether `name` is <role>-<n> with n below the role's count; a role whose count nobody knows takes any."""
    match = NODE.fullmatch(name)
    if None in counts.values():
        return True
    return bool(match) and int(match[2]) < counts.get(match[1], 0)


def _ends(counts: Mapping[str, int | None]) -> list[str]:
    """The first and the last node of every role that has any."""
    return [f"{role}-{n}" for role, count in counts.items() if count for n in (0, count - 1)]


def _counts(facts: System, options, raw: dict, others) -> dict[str, int | None]:
    """How many nodes of each role there are when `raw` is due; None where the system does not say."""
    counts = cast_counts(facts, options)
    for other in others:
        role = other["kind"].removeprefix("add_")
        if other["kind"].startswith("add_") and other["at_ns"] <= raw["at_ns"] and counts.get(role) is not None:
            counts[role] += 1
    return counts


def cast_counts(facts: System, options) -> dict[str, int | None]:
    """How many nodes of each role a Run begins with. Their ids are <role>-0, <role>-1, ...; add_<role> makes the next one.

    A system of the traffic kernel says so by what is called <role>s in its Config: a group with a count, or a list of them.
    """
    if facts.kernel == "actors":
        counts = dict.fromkeys([*facts.roles, *facts.joins], 0)
        for kind in facts.cast(options).values():
            counts[kind.role] = counts.get(kind.role, 0) + 1
        return counts
    groups = {role: getattr(options, f"{role}s", None) for role in facts.roles}
    return {role: sum(group.count for group in (rows if isinstance(rows, list) else [rows])) if rows else None
            for role, rows in groups.items()}
