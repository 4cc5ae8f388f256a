"""The Trace: what a Run produced, by simulated time, and the digest that proves it.

Rows belong to tables. Each table is hashed on its own, and the digest is the SHA-256 over the
header and the tables' hashes by name: so it does not matter how the Run was cut into slices,
nor how rows of different tables came to be interleaved.
"""

import json
from hashlib import sha256


_spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value) -> bytes:
    """`value` as JSON bytes with one spelling only: sorted keys, no spaces, ASCII."""
    return _spelled(value).encode()


class Trace:
    """Rows since the last `take()`, and the running digest of all rows ever."""

    def __init__(self, header: dict):
        self._header = sha256(canonical(header))
        self._hashes = {}
        self._rows = {}
        self._watchers = {}
        self.rows_total = 0

    def row(self, table: str, row: dict) -> None:
        """Add one row, a flat dict of JSON values; it must hold `at_ns`."""
        self._hash(table).update(canonical(row) + b"\n")
        self._rows.setdefault(table, []).append(row)
        self.rows_total += 1

    def block(self, table: str, rows, count: int) -> None:
        """Hash `count` rows given as one C-contiguous buffer of little-endian int64.

        The kernel keeps them (or a sample of them) for the viewer by itself.
        """
        self._hash(table).update(rows)
        self.rows_total += count
        if table in self._watchers:
            self._watchers[table](rows)

    def watch(self, table: str, see) -> None:
        """Have `see(rows)` called with every block of `table` to come; the rows will be overwritten afterwards."""
        self._watchers[table] = see

    def take(self) -> dict[str, list[dict]]:
        """The rows added by `row` since the last take, by table."""
        rows, self._rows = self._rows, {}
        return rows

    def digest(self) -> str:
        """64 hex digits over everything so far; the Trace can go on afterwards."""
        whole = self._header.copy()
        for table in sorted(self._hashes):
            whole.update(table.encode() + b"\0" + self._hashes[table].digest())
        return whole.hexdigest()

    def _hash(self, table: str):
        if table not in self._hashes:
            self._hashes[table] = sha256()
        return self._hashes[table]
