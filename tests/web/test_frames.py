"""The cache of binary frames: one read for many askers, bounded in bytes."""

import asyncio
from uuid import UUID

from simulator.web.frames import Frames, frame

RUN = UUID("12345678-1234-5678-1234-567812345678")


def test_a_frame_is_version_run_number_payload():
    made = frame(RUN, 258, b"xyz")
    assert made == b"\x01" + RUN.bytes + b"\x02\x01\x00\x00" + b"xyz"


def test_many_askers_share_one_read():
    reads = []

    async def read(run, number):
        reads.append(number)
        await asyncio.sleep(0.01)
        return b"payload"

    async def story():
        frames = Frames(read)
        answers = await asyncio.gather(*(frames.get(RUN, 3) for _ in range(200)))
        assert {bytes(answer) for answer in answers} == {frame(RUN, 3, b"payload")}
        await frames.get(RUN, 3)

    asyncio.run(story())
    assert reads == [3]


def test_an_asker_that_goes_away_does_not_take_the_read_from_the_others():
    async def read(run, number):
        await asyncio.sleep(0.02)
        return b"payload"

    async def story():
        frames = Frames(read)
        first, second = (asyncio.ensure_future(frames.get(RUN, 0)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == frame(RUN, 0, b"payload")

    asyncio.run(story())


def test_the_cache_is_bounded_in_bytes_and_what_is_missing_is_not_remembered():
    async def read(run, number):
        return b"x" * 79 if number < 10 else None

    async def story():
        frames = Frames(read, bytes_at_most=300)
        for number in range(10):
            await frames.get(RUN, number)
        assert frames.bytes == 300 and len(frames.kept) == 3
        assert await frames.get(RUN, 99) is None
        assert not frames.coming
        frames.forget(RUN)
        assert frames.bytes == 0

    asyncio.run(story())


def test_a_read_that_fails_fails_for_its_askers_only():
    broken = [True]

    async def read(run, number):
        if broken[0]:
            raise OSError("the database is away")
        return b""

    async def story():
        frames = Frames(read)
        answers = await asyncio.gather(*(frames.get(RUN, 0) for _ in range(2)), return_exceptions=True)
        assert all(isinstance(answer, OSError) for answer in answers)
        broken[0] = False
        assert await frames.get(RUN, 0) == frame(RUN, 0, b"")

    asyncio.run(story())
