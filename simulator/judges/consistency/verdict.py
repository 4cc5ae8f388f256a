"""What a judge answers."""

from dataclasses import dataclass, field

YES, NO, UNKNOWN = "yes", "no", "unknown"

MODELS = ("linearizable", "sequential", "causal", "read_your_writes", "monotonic_reads", "monotonic_writes",
          "writes_follow_reads", "convergence")
"""Strongest first: each but convergence implies those after it, save that the session guarantees imply nothing of each other."""


@dataclass(frozen=True)
class Verdict:
    """witness: ids of operations in an order that explains what was seen (where yes). conflict: ids of a smallest part
    that cannot be explained whatever the other operations did (where no). template, values: the sentence that says why,
    marked with N_; values may be {"template", "values"} again. steps: how much work it took.
    more: what else a model has to say, as JSON. smallest: False where the conflict could not be made smaller within the bound.
    """

    model: str
    verdict: str
    template: str
    values: dict = field(default_factory=dict)
    key: str | None = None
    witness: tuple[int, ...] | None = None
    conflict: tuple[int, ...] | None = None
    steps: int = 0
    more: dict = field(default_factory=dict)
    smallest: bool = True

    def row(self) -> dict:
        """As JSON; the sentence as its template and values."""
        return {"model": self.model, "verdict": self.verdict, "key": self.key, "template": self.template, "values": self.values,
                "witness": None if self.witness is None else list(self.witness), "conflict": None if self.conflict is None else list(self.conflict),
                "smallest": self.smallest, "steps": self.steps, **self.more}


class Budget:
    """Steps that a judge may still take."""

    def __init__(self, steps: int):
        self.limit, self.left = steps, steps

    def take(self, steps: int = 1) -> bool:
        """Whether there were that many left."""
        self.left -= steps
        return self.left >= 0

    @property
    def taken(self) -> int:
        """How many were taken."""
        return self.limit - max(0, self.left)
