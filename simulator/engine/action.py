"""Actions: what is done to a running system from outside, by a scenario or by a click."""

import re
from dataclasses import dataclass, field

from simulator.engine.words import N_


@dataclass(frozen=True, slots=True)
class Action:
    """One Action at one simulated time. `target` is a node's id, or "" for the whole system."""

    at_ns: int
    kind: str
    target: str = ""
    params: dict = field(default_factory=dict)

    def document(self) -> dict:
        """The Action as JSON, as it stands in a Scenario and in a journal."""
        return {"at_ns": self.at_ns, "kind": self.kind, "target": self.target, "params": self.params}


@dataclass(frozen=True, slots=True)
class Param:
    """One number or text that an Action takes, such as the factor of `slow`.

    A text is one of `choices`, or, where there are none, of the form `pattern` (a regular expression).
    """

    name: str
    title: str
    default: float | str
    minimum: float = 0.0
    maximum: float = 0.0
    unit: str = ""
    integer: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One kind of Action a system understands.

    `role` is the role of the nodes it can be done to ("" for the whole system, "node" for any node,
    "link" for a link "a->b", "message" for a message's number); several are joined by "|". It changes something only while the node's state is one of `states` (empty: always); elsewhere a menu
    greys it and shows `otherwise`, in which {target} and {state} stand for the node.
    """

    kind: str
    title: str
    role: str = ""
    states: tuple[str, ...] = ()
    otherwise: str = ""
    params: tuple[Param, ...] = ()
    shortcut: str = ""
    done: str = ""

    def suits(self, role: str) -> bool:
        """Whether it can be done to nodes of `role`."""
        return self.role == "node" or role in self.role.split("|")

    def refused(self, target: str, state: str) -> str:
        """Why the Action would change nothing on a node in `state`; "" where it would."""
        if not self.states or state in self.states:
            return ""
        return self.otherwise.format(target=target, state=state)


class ActionRefused(ValueError):
    """The Action cannot be done; `field` names the part of it that is wrong.

    `template` is a text marked with N_, `values` what stands in its {places}.
    """

    def __init__(self, field: str, template: str, **values):
        super().__init__(template.format(**values) if values else template)
        self.field, self.template, self.values = field, template, values


def check_params(spec: ActionSpec, params: dict) -> dict:
    """`params` with defaults filled in; ActionRefused names the one that is wrong."""
    known = {param.name: param for param in spec.params}
    for name in params:
        if name not in known:
            if not known:
                raise ActionRefused(f"params.{name}", N_("{kind} takes no {name}: it takes no parameters."), kind=spec.kind, name=name)
            sentence = N_("{kind} takes no {name}; it takes: {allowed}.")
            raise ActionRefused(f"params.{name}", sentence, kind=spec.kind, name=name, allowed=", ".join(known))
    return {name: _checked(param, params.get(name, param.default)) for name, param in known.items()}


def _checked(param: Param, value) -> float | str:
    if param.choices or param.pattern:
        return _checked_text(param, value)
    number = not isinstance(value, bool) and isinstance(value, (int, float))
    if number and param.minimum <= value <= param.maximum and not (param.integer and value != int(value)):
        return int(value) if param.integer else float(value)
    whole = N_("{name} must be a whole number from {least} to {most}.")
    sentence = whole if param.integer else N_("{name} must be a number from {least} to {most}.")
    least, most = f"{param.minimum:g}", f"{param.maximum:g}"
    raise ActionRefused(f"params.{param.name}", sentence, name=param.name, least=least, most=most)


def _checked_text(param: Param, value) -> str:
    if isinstance(value, str) and (value in param.choices or param.pattern and re.fullmatch(param.pattern, value)):
        return value
    sentence = N_("{name} must be one of: {choices}.") if param.choices else N_("{name} must be a text of the form {pattern}.")
    raise ActionRefused(f"params.{param.name}", sentence, name=param.name, choices=", ".join(param.choices), pattern=param.pattern)
