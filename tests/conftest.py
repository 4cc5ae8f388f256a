"""What all tests share."""

import pytest
from playwright.sync_api import expect

from tests.stack import Stack
from tests.tools import chromium

PATIENCE_MS = 30_000
"""How long a state is waited for in a browser: machines are shared, and a wait ends when the state is there."""

expect.set_options(timeout=PATIENCE_MS)


def pytest_addoption(parser):
    """What can be asked of the whole suite."""
    parser.addoption("--record-transcripts", action="store_true",
                     help="write down what happens in tests/systems/transcripts now, instead of comparing it")


def pytest_itemcollected(item):
    """Tests in a browser are marked: they run after the others, in processes of their own."""
    if "playwright" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Tests in a browser come last: Playwright keeps an event loop running, in which no other can be started."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A test that fails tells what the product said meanwhile: its workers' traces are nowhere else."""
    report = yield
    for running in getattr(item, "funcargs", {}).values():
        if report.failed and isinstance(running, Stack):
            report.sections.append(("the product said", "\n".join([*running.past, *running.lines][-400:])))
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """The whole product, running: a tests.stack.Stack. Tests that break things start one of their own."""
    running = Stack(tmp_path_factory.mktemp("stack")).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The Chromium of this machine, without a GPU and without errands of its own."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.SENTENCE)
    return {**browser_type_launch_args, "executable_path": path, "args": [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]}
