"""Stores that make histories: a right register, right weaker stores, and broken ones. All from a seed."""

import random

from simulator.judges.consistency.history import History, Operation


def op(number, client, f, value, begins, ends, result=None, key="x", outcome=None):
    """One operation; ends None: nobody knows."""
    outcome = outcome or ("info" if ends is None else "ok")
    return Operation(number, client, f, key, value, result, begins, ends if outcome != "info" else None, outcome, begins, ends)


def told(*lines):
    """A history of operations one after the other: "a w x 1", "b r x 1", in this order; "nil" is null."""
    made = []
    for number, line in enumerate(lines):
        client, f, key, value = line.split()
        value = None if value == "nil" else int(value)
        f = {"r": "read", "w": "write"}[f]
        made.append(op(number, client, f, value if f == "write" else None, 2 * number, 2 * number + 1, value if f == "read" else None, key))
    return History(tuple(made))


class Register:
    """A right register per key: an operation takes effect at one moment between its begin and its end."""

    def __init__(self, chance):
        self.chance, self.state = chance, {}

    def effect(self, one: dict) -> None:
        """Take effect."""
        key = one["key"]
        state = self.state.get(key)
        if one["f"] == "read":
            one["result"] = state
        elif one["f"] == "write":
            self.state[key] = one["value"]
        elif one["f"] == "cas":
            if state == one["value"][0]:
                self.state[key] = one["value"][1]
            else:
                one["f"] = "casfail"


class Stale(Register):
    """Some reads return what was there before the last change."""

    def __init__(self, chance):
        super().__init__(chance)
        self.before = {}

    def effect(self, one):
        key, state = one["key"], self.state.get(one["key"])
        super().effect(one)
        if self.state.get(key) != state:
            self.before[key] = state
        if one["f"] == "read" and self.chance.random() < 0.3:
            one["result"] = self.before.get(key)


class Loses(Register):
    """Some writes are acknowledged and forgotten."""

    def effect(self, one):
        if one["f"] != "write" or self.chance.random() > 0.3:
            super().effect(one)


class Careless(Register):
    """Compare-and-set reads first, and writes at some later time whatever is there by then."""

    def __init__(self, chance):
        super().__init__(chance)
        self.late = []

    def effect(self, one):
        if self.late and self.chance.random() < 0.5:
            key, value = self.late.pop()
            self.state[key] = value
        if one["f"] == "cas" and self.state.get(one["key"]) == one["value"][0]:
            self.late.append((one["key"], one["value"][1]))
        else:
            super().effect(one)


class Repeats(Register):
    """Some writes take effect a second time, much later."""

    def __init__(self, chance):
        super().__init__(chance)
        self.again = []

    def effect(self, one):
        if self.again and self.chance.random() < 0.3:
            key, value = self.again.pop(0)
            self.state[key] = value
        super().effect(one)
        if one["f"] == "write" and self.chance.random() < 0.3:
            self.again.append((one["key"], one["value"]))


def history(seed, count=40, clients=4, keys=("x",), store=Register, repeat=False, lost=0.1, cas=0.25, finals=0):
    """`count` operations of `clients` on a store; some ends are never known, and then it happened, or not, or later.

    repeat: values are written by several operations; otherwise each by one. finals: the last so many of them are reads.
    """
    chance = random.Random(seed)
    register, made, running, idle, place, fresh = store(chance), [], [], [f"c{n}" for n in range(clients)], 0, 0
    lately = []
    while len(made) < count or running:
        if len(made) < count and idle and (not running or chance.random() < 0.4):
            fresh += 1
            value = chance.randrange(3) if repeat else fresh
            kind = chance.random()
            f = "read" if kind < 0.5 or len(made) >= count - finals else "cas" if kind < 0.5 + cas else "write"
            old = chance.choice([None, *(lately[-3:] or [None])])
            one = {"id": len(made), "client": idle.pop(chance.randrange(len(idle))), "key": chance.choice(keys), "f": f, "begins": place, "ends": None,
                   "value": [old, value] if f == "cas" else value if f == "write" else None, "result": None, "done": False}
            lately.append(value)
            made.append(one)
            running.append(one)
            place += 1
            continue
        one = chance.choice(running)
        if not one["done"]:
            if one["f"] == "cas" and chance.random() < 0.7:
                one["value"][0] = register.state.get(one["key"])  # so that most of them succeed
            register.effect(one)
            one["done"] = True
        elif chance.random() < lost and one["f"] != "casfail":
            running.remove(one)  # its client is gone
            idle.append(f"{one['client']}+")
        else:
            running.remove(one)
            idle.append(one["client"])
            one["ends"] = place
            place += 1
    return History(tuple(op(one["id"], one["client"], one["f"], one["value"], one["begins"], one["ends"], one["result"], one["key"]) for one in made))


class Replica:
    """One copy: what it has applied, by key, and the log that it applies in order."""

    def __init__(self):
        self.applied, self.state, self.seen, self.waiting = 0, {}, {}, []


def sequential(seed, count=40, clients=3):
    """One log of writes; each client reads its own copy, which lags; after a write it waits for its copy. Sequential."""
    chance = random.Random(seed)
    log, made, copies = [], [], [Replica() for _ in range(clients)]

    def catch_up(copy, upto):
        while copy.applied < upto:
            key, value = log[copy.applied]
            copy.state[key] = value
            copy.applied += 1

    for number in range(count):
        client = chance.randrange(clients)
        copy, key = copies[client], chance.choice("xy")
        if chance.random() < 0.4:
            log.append((key, number))
            catch_up(copy, len(log))
            made.append(op(number, f"c{client}", "write", number, 2 * number, 2 * number + 1, key=key))
        else:
            catch_up(copy, chance.randint(copy.applied, len(log)))
            made.append(op(number, f"c{client}", "read", None, 2 * number, 2 * number + 1, copy.state.get(key), key))
    return History(tuple(made))


def replicated(seed, count=40, clients=3, causal=True, sticky=True, last_wins=True):
    """Copies that exchange writes late. causal: a write is applied after all that its writer knew. sticky: one copy a client."""
    chance = random.Random(seed)
    made, copies, writes = [], [Replica() for _ in range(clients)], []

    def put(copy, write):
        copy.seen[write["id"]] = True
        current = copy.state.get(write["key"])
        if not last_wins or current is None or current["stamp"] < write["stamp"]:
            copy.state[write["key"]] = write

    for number in range(count):
        client = chance.randrange(clients)
        copy, key = copies[client if sticky else chance.randrange(clients)], chance.choice("xy")
        if chance.random() < 0.4:
            known = [write["stamp"][0] for write in writes if write["id"] in copy.seen]
            write = {"id": number, "key": key, "deps": dict(copy.seen), "stamp": (max(known, default=0) + 1, client)}
            if not causal:
                write["stamp"] = (chance.random(), client)  # clocks that agree on nothing
            writes.append(write)
            put(copy, write)
            made.append(op(number, f"c{client}", "write", number, 2 * number, 2 * number + 1, key=key))
        else:
            found = copy.state.get(key)
            made.append(op(number, f"c{client}", "read", None, 2 * number, 2 * number + 1, found and found["id"], key))
        for other in copies:
            for write in chance.sample(writes, len(writes)):
                ready = not causal or all(one in other.seen for one in write["deps"])
                if write["id"] not in other.seen and ready and chance.random() < 0.15:
                    put(other, write)
    return History(tuple(made))


def small(seed, repeat=False, unknown=True, kinds=("read", "write", "cas", "casfail")):
    """A few operations with answers that nobody has checked: some can be explained, some cannot."""
    chance = random.Random(seed)
    count, keys = chance.randint(3, 6), ["x", "y"][:chance.randint(1, 2)]
    moments, places = [], list(range(2 * count))
    made, free = [], {}
    values = []
    for number in range(count):
        f = chance.choice([*kinds, "read", "write"])
        value = chance.randint(1, 2) if repeat else number + 1
        made.append({"f": f, "value": value, "key": chance.choice(keys)})
        if f in ("write", "cas"):
            values.append(value)
    while places:
        begin = places.pop(0)
        end = places.pop(chance.randrange(min(len(places), chance.choice([1, 1, 5]))))
        moments.append((begin, end))
    for number, (one, (begin, end)) in enumerate(zip(made, moments, strict=True)):
        able = [name for name in ("a", "b", "c", "d", "e", "f") if free.get(name, -1) < begin]
        one["client"] = able[chance.randrange(min(2, len(able)))]
        free[one["client"]] = end
        seen = chance.choice([None, *values])
        lost = unknown and chance.random() < 0.15
        value = [seen, one["value"]] if one["f"] in ("cas", "casfail") else one["value"] if one["f"] == "write" else None
        outcome = "info" if lost else "fail" if unknown and one["f"] == "write" and chance.random() < 0.05 else "ok"
        made[number] = op(number, one["client"], one["f"], value, begin, end, seen if one["f"] == "read" and not lost else None, one["key"], outcome)
    return History(tuple(made))
