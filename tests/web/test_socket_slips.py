"""The socket: malformed messages, limits, strangers. One sentence each, and the connection stays."""

import asyncio
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import translation

from simulator.runs.models import Run, State
from simulator.web import socket, watch
from simulator.web.errors import SENTENCES
from tests.web.browser import opened, story
from tests.web.conftest import who_of

pytestmark = pytest.mark.django_db(transaction=True)

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
