"""The socket: Segments at the client's own pace, Actions, and what happens when it goes wrong."""

import asyncio
import json
import time
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from simulator.runs import reader, service
from simulator.runs.models import Run, State
from simulator.web import socket, watch, window
from simulator.web.routing import websocket
from tests.web.conftest import DOCUMENT, store, who_of

pytestmark = pytest.mark.django_db(transaction=True)


def opened(client, origin: str = "http://testserver", path: str = "/ws/", **headers) -> WebsocketCommunicator:
    """A socket with the cookies of a test client."""
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    given = {"host": "testserver", "origin": origin, "cookie": cookies, **headers}
    return WebsocketCommunicator(websocket, path, [(name.encode(), value.encode()) for name, value in given.items()])


class Browser:
    """One socket and what came over it."""

    def __init__(self, communicator):
        self.wire = communicator
        self.told = []
        self.passed = []
        self.frames = []

    async def say(self, **message):
        """Send one message."""
        await self.wire.send_to(text_data=json.dumps(message, default=str))

    async def hear(self, seconds: float = 3.0):
        """The next thing that comes: a message (dict) or a frame ((run, number))."""
        event = await self.wire.receive_output(seconds)
        if event["type"] == "websocket.close":
            return event
        if event.get("bytes"):
            frame = event["bytes"]
            assert frame[0] == 1
            self.frames.append((UUID(bytes=frame[1:17]), int.from_bytes(frame[17:21], "little")))
            return self.frames[-1]
        self.told.append(json.loads(event["text"]))
        return self.told[-1]

    async def hear_of(self, kind: str) -> dict:
        """The next message of this kind; frames and others before it are kept."""
        while True:
            heard = self.passed.pop(0) if self.passed else await self.hear()
            if isinstance(heard, dict) and heard.get("is") == kind:
                return heard

    async def numbers(self, count: int) -> list[int]:
        """The numbers of the next `count` frames."""
        numbers = []
        while len(numbers) < count:
            heard = await self.hear()
            if isinstance(heard, tuple):
                numbers.append(heard[1])
            else:
                self.passed.append(heard)
        return numbers

    async def quiet(self) -> bool:
        """Whether no frame comes for a while."""
        return await self.wire.receive_nothing(0.15, 0.01)


def story(client, tell, **headers):
    """Run `tell(browser)` over a connected socket of `client`."""

    async def whole():
        communicator = opened(client, **headers)
        connected, _code = await communicator.connect(5)
        assert connected
        told = await tell(Browser(communicator))
        await communicator.disconnect()
        return told

    return asyncio.run(whole())


def announced(run: Run, segments: int, state: str = State.RUNNING) -> None:
    """What the reader does when an announcement arrives."""
    fields = {b"run": str(run.pk).encode(), b"segments": str(segments).encode(), b"state": str(state).encode()}
    reader._readers[asyncio.get_running_loop()]._fan_out(fields)


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


MALFORMED = [
    "null", "[]", "3", '"watch"', "{", "nonsense", "{}", '{"do": null}', '{"do": 3}', '{"do": "explode"}',
    '{"do": ["watch"]}', '{"do": {}}', '{"do": "watch"}', '{"do": "watch", "run": 3}', '{"do": "watch", "run": null}',
    '{"do": "watch", "run": "x"}', '{"do": "watch", "run": "../../etc/passwd"}', "[" * 5000, '{"do": "ping"' + " " * 20_000 + "}",
    '{"do": "watch", "run": "%(run)s", "have": "x"}', '{"do": "watch", "run": "%(run)s", "have": -2}',
    '{"do": "watch", "run": "%(run)s", "have": 1e9}', '{"do": "watch", "run": "%(run)s", "have": true}',
    '{"do": "watch", "run": "%(run)s", "have": 99999999999999999999}', '{"do": "watch", "run": "%(stranger)s"}',
    '{"do": "ack", "run": "%(run)s"}', '{"do": "ack", "run": "%(run)s", "number": -1}', '{"do": "need", "run": "%(run)s", "number": 0}',
    '{"do": "need", "run": "%(run)s", "number": 1.5}', '{"do": "cancel"}', '{"do": "cancel", "run": "%(stranger)s"}',
    '{"do": "act"}', '{"do": "act", "runs": []}', '{"do": "act", "runs": "%(run)s"}', '{"do": "act", "runs": ["%(run)s"]}',
    '{"do": "act", "runs": ["%(run)s", "%(run)s"], "at_ns": 0, "action": {"kind": "crash"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": -1, "action": {"kind": "crash"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 1e400, "action": {"kind": "crash"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": NaN, "action": {"kind": "crash"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": null}', '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": []}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": 3}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "target": []}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "params": 1}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "more": 1}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 99000000000, "action": {"kind": "crash", "target": "server-0"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "slow", "target": "server-0", "params": {"factor": NaN}}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "slow", "target": "server-0", "params": {"factor": 1e400}}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "target": "\\u0000"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "target": "\\ud800"}}',
    '{"do": "act", "runs": ["%(run)s"], "at_ns": 0, "action": {"kind": "crash", "target": "server-0"}, "tag": 3}',
]


def test_every_malformed_message_is_answered_with_one_sentence(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.RUNNING)
    names = {"run": run.pk, "stranger": uuid4()}

    async def tell(browser):
        for text in MALFORMED:
            await browser.wire.send_to(text_data=text % names if "%(" in text else text)
            heard = await browser.hear()
            assert heard["is"] == "error" and heard["error"] and set(heard) == {"is", "error", "field", "tag"}, (text, heard)
            assert "broke on our side" not in heard["error"], (text, heard)
        await browser.wire.send_to(bytes_data=b"\x00\x01")
        assert (await browser.hear())["is"] == "error"
        await browser.say(do="ping")
        assert (await browser.hear())["is"] == "pong"

    story(visitor, tell)
    assert Run.objects.count() == 1


def test_sentences_are_in_the_language_of_the_page(visitor):
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"

    async def tell(browser):
        await browser.say(do="watch", run=uuid4())
        return await browser.hear()

    from django.utils import translation

    from simulator.web.errors import SENTENCES

    with translation.override("zh-hans"):
        wanted = str(SENTENCES[404])
    assert story(visitor, tell)["error"] == wanted


def test_at_most_eight_runs_are_watched(visitor, run_of):
    who = who_of(visitor)
    runs = [run_of(who, 0, State.DONE) for _ in range(9)]

    async def tell(browser):
        for run in runs[:8]:
            await browser.say(do="watch", run=run.pk)
            await browser.hear_of("run")
        await browser.say(do="watch", run=runs[8].pk)
        assert (await browser.hear())["field"] == "run"
        await browser.say(do="unwatch", run=runs[0].pk)
        await browser.say(do="watch", run=runs[8].pk)
        assert (await browser.hear_of("run"))["run"]["id"] == str(runs[8].pk)

    story(visitor, tell)


def test_who_speaks_too_often_is_dropped(visitor, monkeypatch):
    monkeypatch.setattr(socket, "Bucket", lambda: watch.Bucket(rate=1, burst=5))

    async def tell(browser):
        for _ in range(6):
            await browser.say(do="ping")
        for _ in range(5):
            assert (await browser.hear())["is"] == "pong"
        assert (await browser.hear())["code"] == socket.FLOOD

    story(visitor, tell)


def test_acknowledging_what_came_is_never_too_often(visitor, run_of, monkeypatch):
    monkeypatch.setattr(socket, "Bucket", lambda: watch.Bucket(rate=0.001, burst=2))
    run = run_of(who_of(visitor), 10, State.DONE)

    async def tell(browser):
        await browser.say(do="watch", run=run.pk)
        for number in range(10):
            assert await browser.numbers(1) == [number]
            await browser.say(do="ack", run=run.pk, number=number)

    story(visitor, tell)


def test_a_client_that_takes_nothing_is_dropped_and_delays_nobody(visitor, run_of, monkeypatch):
    monkeypatch.setattr(window, "STUCK_S", 0.6)
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
        assert time.monotonic() - begun < 0.6
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


@pytest.mark.parametrize("origin", ["", "http://elsewhere.example", "http://testserver:9999", "https://testserver.evil.example", "null", "http://[", "file://testserver"])
def test_only_our_own_pages_may_open_a_socket(visitor, origin):
    async def whole():
        connected, _code = await opened(visitor, origin=origin).connect(5)
        assert not connected

    asyncio.run(whole())


def test_other_addresses_and_hosts_are_refused(visitor):
    async def whole():
        assert not (await opened(visitor, path="/elsewhere/").connect(5))[0]
        assert not (await opened(visitor, origin="http://evil.example", host="evil.example").connect(5))[0]

    asyncio.run(whole())
