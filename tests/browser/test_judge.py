"""A history of one's own is dropped, judged and read; so is the one of a run. With the mouse, and with the keys alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import run_id, run_scenario, wait_until_done

STALE = """\
{:type :invoke :f :write :value 1 :key :x :process 0 :time 1000000}
{:type :ok :f :write :value 1 :key :x :process 0 :time 2000000}
{:type :info :f :start-partition :process :nemesis :time 2500000}
{:type :invoke :f :write :value 2 :key :x :process 0 :time 3000000}
{:type :ok :f :write :value 2 :key :x :process 0 :time 4000000}
{:type :invoke :f :read :key :x :process 1 :time 5000000}
{:type :ok :f :read :value 1 :key :x :process 1 :time 6000000}
{:type :info :f :stop-partition :process :nemesis :time 7000000}
{:type :invoke :f :read :key :x :process 1 :time 8000000}
{:type :ok :f :read :value 2 :key :x :process 1 :time 9000000}
"""
MODELS = ["Linearizable", "Sequentially consistent", "Causally consistent", "Read your writes", "Monotonic reads", "Monotonic writes",
          "Writes follow reads", "Converged"]
DROP = """([zone, name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) zone.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def file_of(text, name="history.edn"):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": text.encode()}


def row_of(page, model):
    return page.get_by_role("region", name="What each consistency model says").get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{model}")))


def reached_by_tab(page, target, most=60):
    """Press Tab until `target` has the focus."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return target
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def test_a_file_is_dropped_its_verdicts_are_read_and_the_smallest_part_is_shown_in_the_history(page):
    page.goto("/judge/")
    page.evaluate(DROP, [page.locator(".drop").element_handle(), "history.edn", STALE])
    expect(page.get_by_role("status").filter(has_text="4 operations of 2 clients.")).to_be_visible()
    assert [one.split("\n")[0] for one in page.get_by_role("region", name="What each consistency model says").get_by_role("rowheader").all_inner_texts()] == MODELS
    expect(row_of(page, "Linearizable")).to_contain_text("broken")
    expect(row_of(page, "Sequentially")).to_contain_text("holds")
    expect(page.get_by_role("listitem").filter(has_text="Stale reads")).to_contain_text("1")
    expect(page.get_by_role("listitem").filter(has_text="Lost writes")).to_contain_text("0")

    button = row_of(page, "Linearizable").get_by_role("button", name="Linearizable: Smallest part (3)")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    part = page.locator(".verdict-part")
    expect(part.get_by_role("heading")).to_have_text("Linearizable: the smallest part that cannot be explained")
    assert part.get_by_role("listitem").all_inner_texts() == ["process 0: write x 1, ok, begun at 0.00000 s", "process 0: write x 2, ok, begun at 0.00200 s",
                                                              "process 1: read x, got 1, begun at 0.00400 s"]
    part.get_by_role("button", name="process 1: read x").click()
    expect(page.locator(".history-rows tr.chosen")).to_contain_text("0.00400 s")
    part.get_by_role("button", name="Close").click()
    expect(part).to_have_count(0)
    page.get_by_role("button", name="Show Stale reads").click()
    assert page.locator(".verdict-part").get_by_role("listitem").count() == 1


def test_the_keys_alone_lead_from_the_file_to_the_witness(page):
    page.goto("/judge/")
    choose = page.get_by_label("Choose a file")
    reached_by_tab(page, choose)
    choose.set_input_files(file_of(STALE))
    expect(row_of(page, "Linearizable")).to_be_visible()
    reached_by_tab(page, page.get_by_role("button", name="Linearizable: Smallest part (3)"))
    page.keyboard.press("Enter")
    reached_by_tab(page, page.locator(".verdict-part").get_by_role("button", name="process 0: write x 2"))
    page.keyboard.press("Enter")
    expect(page.locator(".history-rows tr.chosen")).to_contain_text("0.00200 s")
    chart = page.get_by_role("application", name=re.compile("^Operations of the clients in time"))
    chart.focus()
    page.keyboard.press(".")
    expect(page.locator(".history-rows tr.chosen")).to_contain_text("0.00400 s")
    expect(page.locator(".history-rows tr.chosen").get_by_role("button")).to_have_attribute("aria-pressed", "true")


def test_a_file_that_is_no_history_gets_one_sentence_with_the_line_and_the_next_one_is_judged(page):
    other = page.context.new_page()  # its console tells of the 400
    other.goto("/judge/")
    other.get_by_label("Choose a file").set_input_files(file_of(STALE.replace(":process 1 :time 5000000", ":time 5000000")))
    expect(other.get_by_role("alert")).to_have_text("Line 6: process is missing.")
    other.get_by_label("Choose another file").set_input_files(file_of("GIF89a", "picture.gif"))
    expect(other.get_by_role("alert")).to_have_text("Line 1: this is neither JSON nor EDN (column 1).")
    other.get_by_label("Choose another file").set_input_files(file_of(STALE, "better.edn"))
    expect(other.get_by_role("alert")).to_have_count(0)
    expect(row_of(other, "Linearizable")).to_contain_text("broken")


def test_the_history_of_a_run_is_judged_by_a_button_and_its_stale_read_is_read_in_words(page):
    run_scenario(page, "Raft: bug to find, an old value")
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    page.get_by_role("tab", name="History").click()
    judge = page.get_by_role("button", name="Judge this history")
    expect(judge).to_be_enabled()
    judge.focus()
    page.keyboard.press("Enter")
    expect(row_of(page, "Linearizable")).to_contain_text("broken")
    page.get_by_role("button", name="Show Stale reads").press("Enter")
    lines = page.locator(".verdict-part").get_by_role("listitem")
    expect(lines).not_to_have_count(0)
    expect(lines.first).to_contain_text(re.compile(r"client-\d: read .*, got .*, begun at "))
