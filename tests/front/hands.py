"""Hands on the picture of a protocol: nodes are found as a person finds them, by trying where they answer."""

FIND = """async (node) => {
  const canvas = document.querySelector(".lane-canvas");
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = async (x, y, within = false) => {
    // What nothing stands under needs no click, and no wait for the picture that would follow.
    canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x, clientY: top + y, bubbles: true }));
    if (!canvas.closest(".on-thing")) return false;
    canvas.dispatchEvent(new PointerEvent("click", { clientX: left + x, clientY: top + y, bubbles: true }));
    await new Promise(requestAnimationFrame);
    const told = document.querySelector(".inspector-head h2").textContent;
    return told === node || (within && told.startsWith("Block ")); // what a node holds answers for itself
  };
  const edge = async (x, y, dx, dy) => {
    while (await at(x + dx, y + dy, true)) [x, y] = [x + dx, y + dy];
    return [x, y];
  };
  for (let y = 20; y < height; y += 36) for (let x = 20; x < width; x += 80) {
    if (!(await at(x, y))) continue;
    const [[x0], [x1], [, y0], [, y1]] = [await edge(x, y, -6, 0), await edge(x, y, 6, 0), await edge(x, y, 0, -6), await edge(x, y, 0, 6)];
    return [x0, y0, x1 - x0, y1 - y0];
  }
  return null;
}"""


def box_of(page, node):
    """Where a node answers to clicks, in the picture's own coordinates: x, y, width, height."""
    found = page.evaluate(FIND, node)
    assert found, f"{node} answered to no click"
    return found


def middle_of(page, node):
    """The middle of a node, on the page."""
    area = page.locator(".lane-canvas").bounding_box()
    x, y, width, height = box_of(page, node)
    return area["x"] + x + width / 2, area["y"] + y + height / 2


def draw(page, *points):
    """A stroke over the picture, through points in its own coordinates."""
    area = page.locator(".lane-canvas").bounding_box()
    (x, y), *rest = points
    page.mouse.move(area["x"] + x, area["y"] + y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(area["x"] + x, area["y"] + y, steps=8)
    page.mouse.up()
