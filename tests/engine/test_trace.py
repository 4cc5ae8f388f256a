"""The Trace: rows, and the digest that proves them."""

import numpy as np
import pytest

from simulator.engine.trace import Trace, canonical


def test_canonical_has_one_spelling():
    assert canonical({"b": 1, "a": [1.5, None, "é"]}) == canonical({"a": [1.5, None, "é"], "b": 1}) == (
        b'{"a":[1.5,null,"\\u00e9"],"b":1}')
    with pytest.raises(ValueError):
        canonical({"a": float("nan")})


def test_take_gives_the_rows_since_the_last_take():
    trace = Trace({})
    trace.row("notes", {"at_ns": 1})
    assert trace.take() == {"notes": [{"at_ns": 1}]}
    trace.row("notes", {"at_ns": 2})
    assert trace.take() == {"notes": [{"at_ns": 2}]}
    assert trace.take() == {} and trace.rows_total == 2


def test_the_digest_does_not_depend_on_slices_or_on_the_order_of_tables():
    one, other = Trace({"seed": 1}), Trace({"seed": 1})
    rows = np.arange(40, dtype=np.int64).reshape(10, 4)
    one.block("requests", rows, 10)
    one.row("notes", {"at_ns": 1})
    other.row("notes", {"at_ns": 1})
    for part in (rows[:3], rows[3:3], rows[3:]):
        other.block("requests", part, len(part))
        other.take()
    assert one.digest() == other.digest()
    assert one.digest() == one.digest()


def test_the_digest_depends_on_header_tables_rows_and_their_order():
    def digest(header, *rows):
        trace = Trace(header)
        for table, row in rows:
            trace.row(table, row)
        return trace.digest()

    first, second = ("notes", {"at_ns": 1}), ("notes", {"at_ns": 2})
    digests = [digest({}), digest({"seed": 2}), digest({}, first), digest({}, second), digest({}, first, second),
               digest({}, second, first), digest({}, ("other", {"at_ns": 1}))]
    assert len(set(digests)) == len(digests)
    assert all(len(one) == 64 for one in digests)
