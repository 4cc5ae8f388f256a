"""Why something happened: the few events of its past that explain it.

From the explained event the search goes back along what lies directly behind an event, the cheapest way
first: who sent the message (1), whom a quorum was counted from (1), who wrote what was replaced or the value
that was passed on (1 to 2.5), who set the timer (3, for a timer that comes round explains little). Crashes and
restarts that lie between two events of one node are added at the end.
"""

from heapq import heapify, heappop, heappush

from simulator.engine.chronicle import Chronicle
from simulator.engine.news import News, entries

DEAREST = 7.0
"""How far it looks."""
FAR = 400
"""Writers of one field that are looked at, latest first."""

STEPS = {"deliver": 1.0, "write": 1.0, "start": 1.0, "action": 1.0, "timer": 3.0}


class Why:
    """Explanations of one story. Every event of one happened before an event that is explained."""

    def __init__(self, story: Chronicle, place: dict[int, int]):
        """place: number of an event -> its place in the story's order."""
        self._story, self._place, self._news = story, place, News(story)
        self._members = list(story.nodes)  # a list: looked up by values that have no hash
        self._downs = {row["event"] for row in story.health if row["state"] == "down"}

    @property
    def news(self) -> News:
        """What each event changed."""
        return self._news

    def slice(self, event: int, watch: tuple[str, ...], most: int) -> list[int]:
        """At most `most` events, oldest first, `event` among them; watch: fields that it is about (see Causality.why)."""
        roots = [event, *self._others(event, watch)]
        waiting = [(0.0 if root == event else 0.5, -self._place[root], root) for root in roots]
        heapify(waiting)
        chosen: dict[int, float] = {}
        while waiting and len(chosen) < most:
            spent, _place, number = heappop(waiting)
            if number in chosen:
                continue
            chosen[number] = spent
            for step, parent in self._behind(number, watch):
                if parent in self._place and parent not in chosen and spent + step <= DEAREST:
                    heappush(waiting, (spent + step, -self._place[parent], parent))
        self._add_falls(chosen, watch, most)
        return sorted(chosen, key=self._place.get)

    def _others(self, event: int, watch: tuple[str, ...]) -> list[int]:
        """On each other node the last writer of a watched field, of the entries that the event changed where there are such."""
        about = {name: set(entries(before, after)) for name, before, after in self._news.of(event) if name in watch}
        found = []
        for node in self._story.nodes:
            if node != self._story.where(event):
                writers = [self._last(node, name, event, about.get(name)) for name in watch]
                found += [max((one for one in writers if one is not None), key=self._place.get, default=None)]
        return [one for one in found if one is not None]

    def _last(self, node: str, name: str, event: int, keys) -> int | None:
        """The last writer of a field, of one of the entries `keys` where any ever wrote those."""
        last = None
        for steps, (writer, before, after) in enumerate(self._news.writers(node, name, event)):
            last = writer if last is None else last
            if not keys or keys & set(entries(before, after)):
                return writer
            if steps > FAR:
                break
        return last

    # What lies directly behind an event

    def _behind(self, number: int, watch: tuple[str, ...]):
        """(step, event), some several times."""
        story, event = self._story, self._story.event(number)
        cause = event.cause
        if cause >= 0:
            yield STEPS[event.what], cause
        changes = self._news.of(number)
        for name, before, after in changes:
            yield from self._written(event.node, number, name, before, after, name in watch)
        values = [value for _name, before, after in changes for value in entries(before, after).values()]
        yield from self._sources(event.node, number, values)
        if event.what == "deliver" and cause >= 0:
            yield from self._sources(story.where(cause), cause, list(event.body.values()), itself=True)

    def _written(self, node: str, number: int, name: str, before, after, watched: bool):
        """Those that a quorum was counted from; or who wrote what was replaced."""
        keys = set(entries(before, after))
        counted = self._counts(before, after)
        for steps, (writer, older, newer) in enumerate(self._news.writers(node, name, number)):
            if steps > FAR:
                return
            touched = entries(older, newer)
            if counted:
                yield 1.0, writer
                if not self._counts(older, newer):
                    return
            elif keys & set(touched) or "" in keys or "" in touched:
                grew = any(self._counts((older or {}).get(key), value) for key, value in touched.items()) if isinstance(older, dict) else False
                yield (1.0 if watched or grew else 2.5), writer
                if not grew:
                    return

    def _counts(self, before, after) -> bool:
        """Whether nodes are being counted: a collection of nodes, or by node, that has grown."""
        if not isinstance(after, (dict, list)) or type(before) is not type(after) or not len(before) < len(after):
            return False
        return all(self._node_of(item) in self._members for item in after)

    def _node_of(self, item):
        first = item[0] if isinstance(item, list) and item else item
        return first if isinstance(first, str) else None

    def _sources(self, node: str, number: int, values: list, itself: bool = False):
        """The last event of a node that wrote one of these values: where it was taken from. itself: or `number`."""
        wanted = [value for value in values if isinstance(value, (str, dict, list)) and value and value not in self._members]
        if not wanted or not node:
            return
        best = None
        for name in self._news.fields(node):
            if itself and any(field == name and _holds(entries(before, after), wanted) for field, before, after in self._news.of(number)):
                return  # it is `number`, which is in the slice by being the cause
            for steps, (writer, before, after) in enumerate(self._news.writers(node, name, number)):
                if steps > 50 or (best is not None and self._place[writer] < self._place[best]):
                    break
                if _holds(entries(before, after), wanted):
                    best = writer
                    break
        if best is not None:
            yield 1.5, best

    # Crashes and restarts

    def _add_falls(self, chosen: dict[int, float], watch: tuple[str, ...], most: int) -> None:
        """Those between two events of a node in the slice, instead of the dearest others where it is full.

        Where fields are watched, only of nodes that wrote one of them.
        """
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        for number in sorted(chosen, key=self._place.get):
            if not watch or any(name in watch for name, _value in self._story.changes.get(number, ())):
                first.setdefault(self._story.where(number), self._place[number])
            last[self._story.where(number)] = self._place[number]
        falls = [number for number in self._story.order if number not in chosen and self._is_fall(number)
                 and first.get(self._story.where(number), len(self._place)) < self._place[number] < last[self._story.where(number)]]
        for number in falls[-(most // 3):]:
            if len(chosen) >= most:
                del chosen[max(chosen, key=chosen.get)]
            chosen[number] = 0.0

    def _is_fall(self, number: int) -> bool:
        return number in self._downs or self._story.action(number).get("kind") in ("crash", "restart", "restart_wiped")


def _holds(new: dict, wanted: list) -> bool:
    return any(value in wanted for value in new.values())
