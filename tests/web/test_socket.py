"""The socket: Segments at the client's own pace, Actions, and Runs that go away."""

import asyncio
import time

import pytest
from channels.db import database_sync_to_async

from simulator.runs import reader, service
from simulator.runs.models import Run, State
from simulator.web import socket, window
from tests.web.browser import Browser, announced, opened, story
from tests.web.conftest import DOCUMENT, store, who_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_watching_gives_the_run_then_its_segments_at_most_four_at_a_time(visitor, run_of):
    run = run_of(who_of(visitor), 6, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk, have=-1)
        told = await browser.hear_of("run")
        assert told["run"]["id"] == str(run.pk) and told["run"]["segments"] == 6 and told["run"]["can_act"]
        assert await browser.numbers(4) == [0, 1, 2, 3]
        assert await browser.quiet()
        await browser.say(do="ack", run=run.pk, number=1)
        assert await browser.numbers(2) == [4, 5]

    story(visitor, tell)


def test_a_client_that_reconnects_gets_only_what_it_lacks(visitor, run_of):
    run = run_of(who_of(visitor), 6, State.DONE)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk, have=3)
        assert await browser.numbers(2) == [4, 5]
        assert await browser.quiet()

    story(visitor, tell)


def test_what_is_needed_comes_first(visitor, run_of):
    run = run_of(who_of(visitor), 9, State.DONE)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk, have=-1)
        assert await browser.numbers(4) == [0, 1, 2, 3]
        await browser.say(do="need", run=run.pk, number=7)
        await browser.say(do="ack", run=run.pk, number=3)
        assert await browser.numbers(4) == [7, 8, 4, 5]

    story(visitor, tell)


def test_an_announcement_brings_the_next_segment_and_the_news(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        assert await browser.numbers(1) == [0]
        await database_sync_to_async(store)(run, 2, State.DONE)
        begun = time.monotonic()
        announced(run, 2, State.DONE)
        assert await browser.numbers(1) == [1]
        assert time.monotonic() - begun < 1
        while (told := await browser.hear_of("run"))["run"]["state"] != "done":
            pass
        assert told["run"]["summary"]["ok"] == 9

    story(visitor, tell)


def test_without_any_announcement_the_database_is_looked_up(visitor, run_of, monkeypatch):
    monkeypatch.setattr(socket, "LOOK_S", 0.2)
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        assert await browser.numbers(1) == [0]
        await database_sync_to_async(store)(run, 3, State.DONE)
        assert await browser.numbers(2) == [1, 2]
        while (await browser.hear_of("run"))["run"]["state"] != "done":
            pass

    story(visitor, tell)


def test_progress_is_told_now_and_then_a_new_state_at_once(visitor, run_of):
    run = run_of(who_of(visitor), 0, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        await browser.hear_of("run")
        for number in range(1, 21):
            await database_sync_to_async(store)(run, number)
            announced(run, number)
            await browser.numbers(1)
            await browser.say(do="ack", run=run.pk, number=number - 1)
        await database_sync_to_async(store)(run, 20, State.DONE)
        announced(run, 20, State.DONE)
        while (await browser.hear_of("run"))["run"]["state"] != "done":
            pass
        return len(browser.told)

    assert story(visitor, tell) < 12


def test_unwatching_stops_the_segments(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        assert await browser.numbers(1) == [0]
        await browser.say(do="unwatch", run=run.pk)
        await browser.say(do="ping")
        await browser.hear_of("pong")
        await database_sync_to_async(store)(run, 3)
        announced(run, 3)
        assert await browser.quiet()

    story(visitor, tell)


def test_a_click_makes_a_branch(visitor, run_of):
    run = run_of(who_of(visitor), 6, State.DONE)
    action = {"kind": "crash", "target": "server-1", "params": {}}

    async def tell(browser):
        await browser.say(do="act", runs=[run.pk], at_ns=3_000_000_000, action=action, tag="t1")
        return await browser.hear_of("branch")

    told = story(visitor, tell)
    assert told["tag"] == "t1" and told["comparison"] is None
    (branch,) = told["runs"]
    assert branch["parent"] == str(run.pk) and branch["branch_at_ns"] == 3_000_000_000 and branch["mine"]
    assert [deed["kind"] for deed in branch["journal"]] == ["crash"]


def lanes(who, count: int = 2):
    """A Comparison."""
    chosen = [{"title": name, "config": {"strategy": {"name": name}}} for name in ("random", "round_robin", "power_of_two")]
    return service.create_comparison(DOCUMENT, chosen[:count], who)


def test_a_click_on_all_lanes_makes_a_comparison(visitor):
    made = lanes(who_of(visitor))
    ids = [str(run.pk) for run in made.runs.all()]

    async def tell(browser):
        await browser.say(do="act", runs=ids, at_ns=0, action={"kind": "crash", "target": "server-0"})
        return await browser.hear_of("branch")

    told = story(visitor, tell)
    assert told["comparison"] and told["comparison"] != str(made.pk)
    assert {run["parent"] for run in told["runs"]} == set(ids)
    assert [run["lane"] for run in told["runs"]] == [0, 1]


def test_runs_that_are_not_all_lanes_of_one_comparison_are_refused(visitor, run_of):
    who = who_of(visitor)
    first, second = lanes(who, 3), lanes(who)
    mixed = [str(first.runs.first().pk), str(second.runs.first().pk)]
    some = [str(run.pk) for run in first.runs.order_by("lane")[:2]]

    async def tell(browser):
        for runs in (mixed, some):
            await browser.say(do="act", runs=runs, at_ns=0, action={"kind": "crash", "target": "server-0"}, tag="x")
            told = await browser.hear_of("error")
            assert told["field"] == "runs" and told["tag"] == "x"

    story(visitor, tell)


def test_an_action_that_makes_no_sense_is_one_sentence(visitor, run_of):
    run = run_of(who_of(visitor), 6, State.DONE)

    async def tell(browser):
        for action in ({"kind": "explode"}, {"kind": "crash", "target": "server-99"}, {"kind": "slow", "target": "server-1", "params": {"factor": -1}}):
            await browser.say(do="act", runs=[run.pk], at_ns=0, action=action, tag="x")
            told = await browser.hear_of("error")
            assert told["error"] and told["field"].startswith("action") and told["tag"] == "x"

    story(visitor, tell)


def test_cancelling_over_the_socket(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def tell(browser):
        await browser.say(do="cancel", run=run.pk)
        await browser.say(do="ping")
        await browser.hear_of("pong")

    story(visitor, tell)
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_a_client_that_takes_nothing_is_dropped_and_delays_nobody(visitor, run_of, monkeypatch):
    monkeypatch.setattr(window, "STUCK_S", 2.0)
    monkeypatch.setattr(socket, "LOOK_S", 0.2)
    run = run_of(who_of(visitor), 10, State.DONE)

    async def whole():
        slow, quick = Browser(opened(visitor)), Browser(opened(visitor))
        for browser in (slow, quick):
            assert (await browser.wire.connect(5))[0]
            await browser.say(do="watch", run=run.pk)
        begun = time.monotonic()
        for number in range(10):
            assert await quick.numbers(1) == [number]
            await quick.say(do="ack", run=run.pk, number=number)
        assert time.monotonic() - begun < 2
        assert await slow.numbers(4) == [0, 1, 2, 3]
        assert (await slow.hear())["code"] == socket.STUCK
        await asyncio.sleep(0.5)
        await quick.say(do="ping")
        assert await quick.hear_of("pong")
        for browser in (slow, quick):
            await browser.wire.disconnect()

    asyncio.run(whole())


def test_two_hundred_watchers_read_each_segment_once(visitor, run_of, monkeypatch):
    run = run_of(who_of(visitor), 2, State.DONE)
    reads = []
    original = service.segment_payload
    monkeypatch.setattr(service, "segment_payload", lambda run, number: reads.append(number) or original(run, number))

    async def whole():
        browsers = [Browser(opened(visitor)) for _ in range(20)]
        for browser in browsers:
            assert (await browser.wire.connect(5))[0]
        for browser in browsers:
            await browser.say(do="watch", run=run.pk)
        for browser in browsers:
            assert await browser.numbers(2) == [0, 1]
        for browser in browsers:
            await browser.wire.disconnect()

    asyncio.run(whole())
    assert sorted(reads) == [0, 1]


def test_a_deleted_run_is_told_and_let_go(visitor, run_of, monkeypatch):
    monkeypatch.setattr(socket, "LOOK_S", 0.2)
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        assert await browser.numbers(1) == [0]
        await database_sync_to_async(Run.objects.filter(pk=run.pk).delete)()
        assert (await browser.hear_of("error"))["field"] == "run"
        await browser.say(do="need", run=run.pk, number=0)
        assert "watched" in (await browser.hear_of("error"))["error"]

    story(visitor, tell)


def test_a_run_made_private_is_no_longer_shown(visitor, client_of, run_of, monkeypatch):
    monkeypatch.setattr(socket, "LOOK_S", 0.2)
    run = run_of(who_of(visitor), 1, State.RUNNING, visibility="public")

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        assert await browser.numbers(1) == [0]
        await database_sync_to_async(Run.objects.filter(pk=run.pk).update)(visibility="private")
        assert (await browser.hear_of("error"))["field"] == "run"

    story(client_of(), tell)


def test_a_closed_socket_leaves_nothing_behind(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.RUNNING)

    async def whole():
        browser = Browser(opened(visitor))
        assert (await browser.wire.connect(5))[0]
        await browser.say(do="watch", run=run.pk)
        await browser.numbers(1)
        await browser.wire.disconnect()
        await asyncio.sleep(0.05)
        assert reader._readers[asyncio.get_running_loop()].queues == {}
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(whole())
