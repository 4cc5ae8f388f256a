"""Makes a worker ready before its first Run: code is imported, kernels are compiled or read from their cache."""

import time

from simulator.scenarios import play
from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin


def warm() -> float:
    """Compute the first window of every built-in Scenario and of its suggested lanes; seconds it took."""
    began = time.monotonic()
    for document in builtin().values():
        if document.recordings():
            continue  # its traffic is not part of the program
        for lane in [document, *(with_config(document, lane.config) for lane in document.compare or ())]:
            next(play.prepare(lane).segments())
    return time.monotonic() - began
