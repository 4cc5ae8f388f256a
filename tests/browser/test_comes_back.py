"""The page goes on by itself when what is behind it goes away and comes back."""

import os
import signal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import run_id, wait_until_done
from tests.browser.test_speed import mark, post
from tests.stack import Stack, wait_until

LONG = {
    "format": "distviz-scenario/1", "system": "load_balancer", "title": "A long run", "seed": 1, "duration_s": 3600,
    "config": {"arrivals": {"law": "poisson", "rate_per_s": 3000}, "servers": [{"count": 40}]},
}


@pytest.fixture
def own_stack(tmp_path):
    """A product of one's own, to break."""
    running = Stack(tmp_path, DISTVIZ_WORKERS="1").start()
    yield running
    running.stop()


@pytest.fixture
def watched(context, own_stack):
    """The stage of a Run that takes some seconds, with its first Segments received."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(own_stack.url)
    run = post(page, f"{own_stack.url}/api/runs/", {"document": LONG}, own_stack.url)
    page.goto(f"{own_stack.url}/runs/{run['id']}/?t=1")
    mark(page, "first picture")
    return page


@pytest.mark.parametrize("child", ["valkey", "web"])
def test_a_watched_run_goes_on_after_a_restart(watched, own_stack, child):
    before = own_stack.pids()[child]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: own_stack.pids().get(child) not in (None, before), 30, f"another {child}")
    run = wait_until_done(watched, f"{own_stack.url}/api/runs/{run_id(watched)}/", patience_s=120)
    mark(watched, "whole run")
    expect(watched.locator("[data-state=live]")).to_be_visible()
    assert run["segments"] == -(-run["duration_ns"] // run["window_ns"])
