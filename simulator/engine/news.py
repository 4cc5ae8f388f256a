"""What was new about a field when it changed: of a collection only the entries that came, went or changed."""

from bisect import bisect_left

from simulator.engine.chronicle import Chronicle
from simulator.engine.clock import MS

SHORT, SHOWN = 60, 120
"""Characters: of a collection that is told whole, and of any value in a sentence; longer ones are cut."""


class News:
    """The changes of every field of every node of a story, looked up by the event that made them."""

    def __init__(self, story: Chronicle):
        self._written: dict[tuple[str, str], tuple[list[int], list]] = {}
        self._order = {number: place for place, number in enumerate(story.order)}
        for node, name, value in story.first:
            self._written[(node, name)] = ([-1], [value])
        for place, number in enumerate(story.order):
            for name, value in story.changes.get(number, ()):
                places, values = self._written.setdefault((story.where(number), name), ([], []))
                places.append(place)
                values.append(value)
        self._story = story

    def writers(self, node: str, name: str, before: int):
        """(event, value before it, value after it) of those that wrote the field before event `before`, latest first."""
        places, values = self._written.get((node, name), ((), ()))
        for nth in range(bisect_left(places, self._order[before]) - 1, -1, -1):
            if places[nth] >= 0:
                yield self._story.order[places[nth]], values[nth - 1] if nth else None, values[nth]

    def before(self, node: str, name: str, event: int):
        """The field's value before `event`; None where there was none."""
        places, values = self._written.get((node, name), ((), ()))
        nth = bisect_left(places, self._order[event])
        return values[nth - 1] if nth else None

    def fields(self, node: str) -> list[str]:
        """The names of the fields that the node ever had."""
        return [name for owner, name in self._written if owner == node]

    def of(self, event: int) -> list[tuple]:
        """(field, value before, value after) of what an event changed, in its order."""
        node = self._story.where(event)
        return [(name, self.before(node, name, event), value) for name, value in self._story.changes.get(event, ())]


def entries(before, after) -> dict:
    """key -> value of what is new in `after`: the changed entries of a dict, the items added at the end of a list, else {"": after}."""
    if isinstance(after, dict) and isinstance(before, dict):
        return {key: value for key, value in after.items() if key not in before or before[key] != value}
    if isinstance(after, list) and isinstance(before, list):
        kept = next((len(before) - gone for gone in range(len(before)) if before[gone:] == after[:len(before) - gone]), 0)
        if 0 < kept < len(after):  # a log that grew; its oldest entries may have gone
            return {str(place): after[place] for place in range(kept, len(after))}
    return {"": after}


def words(name: str) -> str:
    """The name of a field in words, without the unit of a time; a node's id stays as it is."""
    return name if "-" in name else name.removesuffix("_ns").replace("_", " ")


def told(value, name: str = "", times: tuple[str, ...] = ()) -> str:
    """A field's JSON value as a person reads it. name: the field's. times: the fields that hold times besides those in _ns."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, dict):
        return ", ".join(f"{words(key)} {_part(inner, key, name, times)}" for key, inner in value.items()) or "empty"
    if isinstance(value, (list, tuple)):
        return ", ".join(_part(one, name, name, times) for one in value) or "empty"
    if isinstance(value, int) and _is_time(name, times):
        return f"{value / (1000 * MS):.3f} s" if abs(value) >= 100 * MS else f"{value / MS:.3g} ms"
    return f"{value:g}" if isinstance(value, float) else str(value)


def told_request(params: dict, times: tuple[str, ...] = ()) -> str:
    """What an Action was given, without what was left empty."""
    return told({name: value for name, value in params.items() if value != ""}, times=times) if any(value != "" for value in params.values()) else ""


def _is_time(name: str, times: tuple[str, ...]) -> bool:
    return name.endswith("_ns") or name in times


def _part(value, key: str, name: str, times: tuple[str, ...]) -> str:
    """The part `key` of the field `name`: of a record only what it says, of a map or list of times a time."""
    if isinstance(value, dict) and value:
        value = {inner: one for inner, one in value.items() if one is not False and one not in (None, "", [], {})} or value
    return told(value, name if _is_time(name, times) and not _is_time(key, times) else key, times)


def told_news(before, after, name: str = "", times: tuple[str, ...] = ()) -> str:
    """The same for a change: of a long collection that had something in it before, only what is new, after an ellipsis."""
    text = told(after, name, times)
    if len(text) > SHORT and before and type(before) is type(after) and isinstance(after, (dict, list)):
        text = _new(before, after, name, times)
    return text if len(text) <= SHOWN else text[:SHOWN - 1] + "…"


def _new(before, after, name: str, times: tuple[str, ...]) -> str:
    new = entries(before, after)
    if not new or "" in new:
        return told(after, name, times)
    if isinstance(after, list):
        return "…, " + ", ".join(_part(one, name, name, times) for one in new.values())
    parts = [f"{words(key)} {_new_part(before.get(key), value, key, name, times)}" for key, value in new.items()]
    return ("…, " if len(new) < len(after) else "") + ", ".join(parts)


def _new_part(before, after, key: str, name: str, times: tuple[str, ...]) -> str:
    """Of a part that was there before only what is new about it."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return _part(after, key, name, times)
    return told_news(before, after, name if _is_time(name, times) and not _is_time(key, times) else key, times)
