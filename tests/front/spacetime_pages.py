"""For the tests of the space-time diagram and the history: a made-up Run, and pages that show it."""

import base64

import pytest

from tests.front.synthetic_actors import Actors, system

ACTORS = Actors(seconds=4, crashes=[("acceptor-1", 1.2, 2.0)], cuts=[(["acceptor-3", "acceptor-4"], 2.2, 2.9)], idle=[(1.0, 1.6)], breaches=[(3, 0.5)])


def payloads(actors, window_s=1.0):
    """The Segments as texts."""
    return [base64.b64encode(payload).decode() for payload in actors.segments(window_s)]


@pytest.fixture
def quiet(page, site):
    """A page whose console must stay silent."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.site = site
    yield page
    assert wrong == []


@pytest.fixture
def view(quiet):
    """Opens a view on a page of its own: view("spacetime", t_ns=...)."""
    def show(name, actors=ACTORS, t_ns=450e6, size=(1440, 900), lanes=1):
        quiet.set_viewport_size({"width": size[0], "height": size[1]})
        quiet.goto(f"{quiet.site}/tests/front/spacetime/index.html")
        quiet.wait_for_function("() => typeof window.show === 'function'")
        runs = [actors.run(lane=lane, lane_title=f"lane {lane}") for lane in range(lanes)]
        quiet.evaluate("given => show(given)", {"view": name, "runs": runs, "system": system(), "payloads": [payloads(actors)] * lanes, "t_ns": t_ns})
        return quiet
    return show
