"""Announcements: heard at once, coalesced, and heard again after Redis was away."""

import asyncio
import uuid

import pytest
from asgiref.sync import async_to_sync

from distviz.house import wait_for_port
from simulator.runs import announce as module
from simulator.runs.announce import announce
from simulator.runs.reader import Pointer, Reader, subscribe

RUN, OTHER = uuid.uuid4(), uuid.uuid4()


async def next_of(queue, seconds=5):
    return await asyncio.wait_for(queue.get(), seconds)


async def say(*what):
    await asyncio.to_thread(announce, *what)


def test_who_subscribes_looks_into_the_database_first_and_then_hears(valkey):
    @async_to_sync
    async def story():
        async with subscribe([RUN]) as queue:
            assert await next_of(queue) == {RUN: None}
            await say(OTHER, 1, "running")
            await say(RUN, 3, "running")
            assert await next_of(queue) == {RUN: Pointer(3, "running")}
            queue.watch(OTHER)
            queue.unwatch(RUN)
            await say(RUN, 4, "running")
            await say(OTHER, 2, "done")
            assert await next_of(queue) == {OTHER: Pointer(2, "done")}

    story()


def test_who_does_not_read_holds_one_entry_a_run(valkey):
    @async_to_sync
    async def story():
        async with subscribe([RUN]) as slow, subscribe([RUN]) as quick:
            await next_of(quick)
            for segments in range(1, 501):
                await say(RUN, segments, "running")
            while (await next_of(quick))[RUN].segments < 500:
                pass
            assert len(slow._changed) == 1
            assert await next_of(slow) == {RUN: Pointer(500, "running")}

    story()


def test_one_connection_serves_all_and_ends_with_the_last(valkey):
    @async_to_sync
    async def story():
        reader = Reader()
        async with reader.subscribe([RUN]) as first:
            await next_of(first)
            task = reader._task
            async with reader.subscribe([RUN]):
                assert reader._task is task
            assert reader._task is task
        assert reader._task is None and not reader.queues
        await asyncio.wait([task], timeout=2)
        assert task.done()

    story()


def test_everybody_looks_again_after_redis_was_away(valkey):
    @async_to_sync
    async def story():
        async with subscribe([RUN]) as queue:
            assert await next_of(queue) == {RUN: None}
            await asyncio.to_thread(valkey.kill_group)
            await say(RUN, 5, "running")  # heard by nobody, and nobody is held up
            valkey.start()
            await asyncio.to_thread(wait_for_port, valkey.about["port"])
            assert await next_of(queue) == {RUN: None}
            module._silent_until = 0.0
            await say(RUN, 6, "done")
            assert await next_of(queue) == {RUN: Pointer(6, "done")}

    story()


def test_the_stream_stays_short(valkey, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 100)
    for segments in range(2_000):
        announce(RUN, segments, "running")
    assert module._redis().xlen(module.STREAM) < 400


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0"])
def test_a_redis_that_is_away_costs_no_time(settings, url):
    settings.REDIS_URL = url
    module._redis.cache_clear()
    for segments in range(1_000):
        announce(RUN, segments, "running")
    module._redis.cache_clear()
    module._silent_until = 0.0
