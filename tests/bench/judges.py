"""Consistency judges: a register history of 10,000 operations, and the same search without memory beside it."""

from collections.abc import Callable
from pathlib import Path
from time import process_time
from tracemalloc import get_traced_memory, start, stop

from simulator.judges.consistency.history import History, Operation
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.reading import read
from simulator.judges.consistency.specification import REFUSED, compiled
from tests.judges.consistency.stores import Stale, history

REAL = Path(__file__).resolve().parents[3] / "shared" / "histories" / "jepsen_etcd.jsonl"
PLAIN_AT_MOST = 40_000_000
"""Operations looked at after which the plain search is given up: some ten seconds."""

REAL_PLAIN = 10


def plain(made: History) -> tuple[bool | None, int]:
    """Wing and Gong's search: an operation that no other precedes, then the rest, without memory. (verdict, configurations)."""
    register, steps = compiled(made.operations, made.initial)
    tried = work = 0
    stack = [(tuple(range(len(steps))), register.initial)]
    while stack:
        rest, state = stack.pop()
        tried += 1
        if not any(steps[place].needed for place in rest):
            return True, tried
        work += len(rest)
        if work >= PLAIN_AT_MOST:
            return None, tried
        first_end = min(steps[place].ends for place in rest if steps[place].ends is not None)
        for number in range(len(rest) - 1, -1, -1):
            step = steps[rest[number]]
            if step.begins < first_end:
                after = register.step(state, step.kind, step.a, step.b)
                if after != REFUSED:
                    stack.append((rest[:number] + rest[number + 1:], after))
    return False, tried


def timed(do: Callable):
    """(what it gives, CPU seconds)."""
    begin = process_time()
    found = do()
    return found, process_time() - begin


def stale(made: History) -> History:
    """`made` with one read, late, that returns what was overwritten long before."""
    operations = list(made.operations)
    late = next(one for one in operations[int(len(operations) * 0.9):] if one.f == "read" and one.outcome == "ok")
    old = next(one for one in operations[len(operations) // 2:] if one.f == "write")
    operations[operations.index(late)] = Operation(*(old.value if name == "result" else getattr(late, name) for name in Operation.__slots__))
    return History(tuple(operations))


def main() -> None:
    """Print a line for each history."""
    print(f"{'history':58} {'verdict':8} {'all models':>11} {'linearizable':>13} {'MB':>5} {'without memory':>24}")
    for count, clients, lost in ((50, 5, 0), (100, 10, 0), (1000, 10, 0), (10_000, 10, 0), (10_000, 10, 0.01), (10_000, 50, 0)):
        made = history(1, count=count, clients=clients, lost=lost, cas=0.1)
        line(f"{count:,} operations, {clients} clients, {lost:.0%} unknown", made)
    line("10,000 operations, 10 clients, one read stale", stale(history(1, count=10_000, clients=10, lost=0, cas=0)))
    line("100 operations, 10 clients, values repeat, broken", history(11, count=100, clients=10, repeat=True, store=Stale, lost=0.1))
    if REAL.exists():
        real = read(REAL.read_text())
        right, seconds = timed(lambda: sum(judge(one.history, ["linearizable"])[0].verdict == one.expected for one in real))
        print(f"{len(real)} real histories of etcd: {right} judged right in {seconds:.2f} s; by all models in "
              f"{timed(lambda: [judge(one.history) for one in real])[1]:.2f} s")
        answers, seconds = timed(lambda: [plain(one.history)[0] for one in real[:REAL_PLAIN]])
        print(f"the first {REAL_PLAIN} without memory: {len(answers) - answers.count(None)} decided in {seconds:.1f} s")
    else:
        print("the real histories are not here: skipped")


def line(name: str, made: History) -> None:
    """One row: what all judges took, what the first one took, its memory, and the plain search."""
    _all, all_s = timed(lambda: judge(made))
    found, first_s = timed(lambda: judge(made, ["linearizable"]))
    start()
    judge(made, ["linearizable"])
    peak = get_traced_memory()[1]
    stop()
    (answer, tried), plain_s = timed(lambda: plain(made))
    told = {True: "yes", False: "no", None: "given up"}[answer]
    print(f"{name:58} {found[0].verdict:8} {all_s:9.2f} s {first_s:11.2f} s {peak / 1e6:5.0f} {told:>9}, {tried:,} in {plain_s:.1f} s", flush=True)


if __name__ == "__main__":
    main()
