"""For the tests that play the product in a real browser: pages that report what went wrong in them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from tests.conftest import PATIENCE_MS

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
AZURE = TRACES / "AzureLLMInferenceTrace_conv.csv.gz"

needs_azure = pytest.mark.skipif(not AZURE.exists(), reason=f"the real trace {AZURE.name} is not here")


@pytest.fixture
def page(page: Page, stack):
    """A page of the running product; the test fails where its console had an error."""
    troubles = []
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.stack = stack
    yield page
    assert not troubles, troubles


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, stack):
    """Paths in the tests are the product's own."""
    return {**browser_context_args, "base_url": stack.url, "viewport": {"width": 1440, "height": 900}}


def run_scenario(page: Page, title: str) -> str:
    """Press Run on a card of the gallery; the id of the Run whose stage opens."""
    page.goto("/")
    page.get_by_role("button", name=f"Run: {title}", exact=True).click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}/"))
    return run_id(page)


def run_id(page: Page) -> str:
    """The id in the address of a stage or a comparison."""
    return re.search("/(?:runs|compare)/([0-9a-f-]{36})/", page.url).group(1)


def wait_until_done(page: Page, path: str, patience_s: float = 30) -> dict:
    """The JSON at `path` (a Run or a Comparison) once everything in it has been computed."""
    for _ in range(int(patience_s * 20)):
        try:
            found = page.request.get(path).json()
        except Error:
            page.wait_for_timeout(50)  # the server is away for a moment, in the tests that restart it
            continue
        states = {lane["state"] for lane in found.get("runs", [found])}
        if states == {"done"}:
            return found
        assert not states & {"failed", "cancelled", "budget"}, found
        page.wait_for_timeout(50)
    raise AssertionError(f"{path} was not done in time")


def seek(page: Page, at_s: float) -> None:
    """Drag the scrubber to `at_s` and wait until the cursor is there."""
    track = page.get_by_role("slider", name="Time")
    box = track.bounding_box()
    whole = float(track.get_attribute("aria-valuemax"))
    track.click(position={"x": box["width"] * at_s / whole, "y": box["height"] / 2})


def find_server(page: Page, lane: int = 0) -> tuple[str, dict]:
    """A server on the picture of a lane and its position there, found as a person does: click, read the inspector."""
    canvas = page.get_by_role("application").nth(lane)
    box = canvas.bounding_box()
    heading = page.get_by_role("complementary", name="Inspector").get_by_role("heading", level=2)
    for y in range(int(box["height"] * 0.5), int(box["height"]), 10):
        for x in range(int(box["width"] * 0.25), int(box["width"]), 30):
            canvas.click(position={"x": x, "y": y})
            name = heading.inner_text()
            if re.fullmatch(r"server-\d+", name):
                return name, {"x": x, "y": y}
    raise AssertionError("no server answered to a click")
