"""A Recording: when real requests arrived and, where known, how much work each was."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from io import BytesIO

import numpy as np


@dataclass(frozen=True)
class Recording:
    """Requests in order of arrival.

    arrival_ns: int64[n], sorted, the first is 0. demand_ns: int64[n], the work of each request on a
    server of speed 1, or None. offset_ns: the first arrival as the file has it (since 1970, where
    the file tells dates). refused: the first rows that could not be read, (line, reason) each, of
    refused_total. warnings: what a person should know before trusting it, a sentence each.
    """

    name: str
    arrival_ns: np.ndarray
    demand_ns: np.ndarray | None
    offset_ns: int = 0
    refused: list = field(default_factory=list)
    refused_total: int = 0
    warnings: list = field(default_factory=list)

    def __post_init__(self):
        """Arrays become read-only: a Recording is shared between Runs."""
        for values in (self.arrival_ns, self.demand_ns):
            if values is not None:
                values.setflags(write=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the requests alone, 64 hex digits: the same traffic under another name is the same."""
        whole = sha256(b"distviz-recording/1\n")
        for name, values in (("arrival_ns", self.arrival_ns), ("demand_ns", self.demand_ns)):
            if values is not None:
                whole.update(f"{name} {len(values)}\n".encode() + values.astype("<i8").tobytes())
        return whole.hexdigest()

    @property
    def key(self) -> str:
        """What a Config calls it: the first 16 hex digits of the digest."""
        return self.digest[:16]

    @property
    def rows(self) -> int:
        """How many requests there are."""
        return len(self.arrival_ns)

    @property
    def span_ns(self) -> int:
        """From the first arrival to the last."""
        return int(self.arrival_ns[-1])

    def to_bytes(self) -> bytes:
        """The whole Recording, compressed, for `from_bytes`."""
        about = {"name": self.name, "offset_ns": self.offset_ns, "refused": self.refused,
                 "refused_total": self.refused_total, "warnings": self.warnings}
        arrays = {"arrival_ns": self.arrival_ns, "about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
        if self.demand_ns is not None:
            arrays["demand_ns"] = self.demand_ns
        file = BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Recording":
        """What `to_bytes` made."""
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            about["refused"] = [tuple(row) for row in about["refused"]]
            demand = arrays["demand_ns"] if "demand_ns" in arrays.files else None
            return cls(arrival_ns=arrays["arrival_ns"], demand_ns=demand, **about)
