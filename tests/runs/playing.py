"""A system that computes nothing, for tests of what a worker does with what is computed."""

from hashlib import sha256

import numpy as np

from simulator.engine.simulation import Segment, plan
from simulator.engine.trace import canonical


class Playing:
    """Like play.Playing: Segments that follow from document, seed and journal alone, 1,000 events each."""

    def __init__(self, document, seed, journal):
        self.plan = plan(document.duration_ns)
        self.events = self.now_ns = 0
        journal = sorted((action.document() for action in journal), key=lambda action: action["at_ns"])
        self._facts = {"config": document.config, "seed": seed, "journal": journal}

    def segments(self, first=0, lived=lambda: None):
        """As Playing.segments."""
        for number, (from_ns, until_ns) in enumerate(self.plan.windows()):
            self.events, self.now_ns = self.events + 1_000, until_ns
            if number >= first:
                yield Segment(number, from_ns, until_ns, {"past": self._past(from_ns)}, self._tables(from_ns, until_ns))

    def digest(self):
        """As Playing.digest."""
        return sha256(canonical(self._facts) + str(self.now_ns).encode()).hexdigest()

    def summary(self):
        """As Playing.summary."""
        return {"events": self.events, "digest": self.digest()}

    def _past(self, until_ns):
        """What a keyframe depends on: all that was done before."""
        done = [action for action in self._facts["journal"] if action["at_ns"] < until_ns]
        return sha256(canonical({**self._facts, "journal": done})).hexdigest()

    def _tables(self, from_ns, until_ns):
        at_ns = np.linspace(from_ns, until_ns, 4)
        mean = np.array([1.0, np.nan, 2.5, 3.0], np.float32)
        done = [action for action in self._facts["journal"] if from_ns <= action["at_ns"] < until_ns]
        return {"samples": {"t_ns": at_ns, "sent": np.arange(4, dtype=np.uint32), "mean_ms": mean},
                "actions": done, "meta": {"requests": {"seen": 9, "kept": 9, "stride": 1}}}
