"""How the nodes of a run are made: their clocks, their disks, when they start."""

from dataclasses import dataclass

from simulator.engine.chance import dice


@dataclass(frozen=True, slots=True)
class Setup:
    """All in ns, drift in parts per million.

    Clocks are off by up to `skew_ns` and run up to `drift_ppm` too fast or too slow, evenly spread; nodes start at times evenly spread over
    `stagger_ns` (started in step, proposers would almost never race).
    """

    stagger_ns: int = 0
    skew_ns: int = 0
    drift_ppm: float = 0.0
    fsync_ns: int = 0
    flush_ns: int = 0

    def clock(self, seed: int, id: str) -> tuple[int, float]:
        """(skew_ns, drift_ppm) of node `id`."""
        if not self.skew_ns and not self.drift_ppm:
            return 0, 0.0
        draw = dice(seed, f"clock/{id}").random
        return int((2 * draw() - 1) * self.skew_ns), (2 * draw() - 1) * self.drift_ppm

    def stagger(self, seed: int, id: str) -> int:
        """How long after the beginning node `id` starts."""
        return int(dice(seed, f"start/{id}").random() * self.stagger_ns) if self.stagger_ns else 0
