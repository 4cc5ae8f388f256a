"""What all tests share."""

import pytest

from tests.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """The whole product, running: a tests.stack.Stack. Tests that break things start one of their own."""
    running = Stack(tmp_path_factory.mktemp("stack")).start()
    yield running
    running.stop()
