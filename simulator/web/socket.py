"""The socket /ws/: Segments to the browser, Actions from it. What a client may say is in messages.py.

Server to client: {"is": "run", "run": RUN}, {"is": "branch", "tag", "runs": [RUN, ...], "comparison": id | null},
{"is": "error", "error": sentence, "field", "tag"}, {"is": "pong"}; and binary frames (runs/codec.py).
"""

import asyncio
import contextlib
import logging
import time
from uuid import UUID

import orjson
from django.db import OperationalError
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from redis.exceptions import RedisError

from simulator.runs import Forbidden, Mistake, Phrase, access
from simulator.runs.reader import Pointer, Queue, subscribe
from simulator.web import acting
from simulator.web.errors import SENTENCES
from simulator.web.live import Snapshot, live
from simulator.web.messages import Message, read, tag_of
from simulator.web.spoken import spoken
from simulator.web.throttling import address_of
from simulator.web.watch import Bucket, Watch
from simulator.web.who import made
from simulator.web.window import Window

RUNS_AT_MOST = 8

LOOK_S = 2.0
"""An unfinished Run that nothing is announced of is looked up in the database this often."""

STUCK, FLOOD, BROKEN = 4408, 4429, 1011
"""Close codes: acknowledged nothing for 30 s; spoke too often; our own mistake."""

log = logging.getLogger(__name__)


async def socket(scope, receive, send) -> None:
    """The ASGI application behind the doors of routing.py.

    Plain ASGI: Channels' consumers hop into a thread and make a task for every message, which at two hundred
    sockets and forty thousand messages cost half a minute of latency.
    """
    await receive()  # websocket.connect
    async with contextlib.AsyncExitStack() as belongings:
        client = Socket(scope, scope.get("wire", send), await belongings.enter_async_context(subscribe()))
        await client.emit({"type": "websocket.accept"})
        for work in (client.listen(), client.send_segments(), client.look_after()):
            belongings.push_async_callback(_end, asyncio.create_task(client.work(work)))
        while (message := await receive())["type"] != "websocket.disconnect":
            await client.hear(message.get("text"))


class Socket:
    """One browser. Three tasks beside its messages: hear announcements, send Segments, look after what is silent."""

    def __init__(self, scope, send, queue: Queue):
        self._send = send
        self.closed = False
        self.queue = queue
        self.live = live()
        self.who = made(scope["user"], scope["session"])
        self.language = spoken(scope)
        forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin1")
        self.address = address_of((scope.get("client") or [""])[0], forwarded)
        self.watches: dict[UUID, Watch] = {}
        self.bucket = Bucket()
        self.wake = asyncio.Event()

    async def emit(self, event: dict) -> None:
        """Hand one event to the server, unless the connection is closed."""
        if self.closed:
            return
        try:
            await self._send(event)
        except OSError:  # some servers say so when the client has gone
            self.closed = True

    async def close(self, code: int) -> None:
        """Close the connection with a code."""
        await self.emit({"type": "websocket.close", "code": code})
        self.closed = True

    async def hear(self, text: str | None) -> None:
        """One message: its verb, or one sentence about what is wrong with it. None is a binary frame."""
        message, trouble = None, None
        try:
            message = read(text)
        except Mistake as slip:
            trouble = slip
        if self.closed or not await self._allowed(message):
            return
        try:
            if message is not None:
                await getattr(self, f"do_{message.do}")(message)
        except Exception as failure:  # the outermost edge: whatever it is, the connection stays
            trouble = failure
        if trouble is not None:
            await self._complain(trouble, tag_of(text))

    async def do_ping(self, message: Message):
        """Still here?"""
        await self._say({"is": "pong"})

    async def do_watch(self, message: Message):
        """Follow a Run: its state at once, then the Segments that the client lacks. Again: start over."""
        if message.run not in self.watches and len(self.watches) >= RUNS_AT_MOST:
            sentence = N_("At most {most} runs can be watched at a time: unwatch one first.")
            raise Mistake("run", Phrase(sentence, most=RUNS_AT_MOST))
        self.queue.watch(message.run)  # before the look, so that nothing falls between
        snapshot = await self.live.snapshot(message.run)
        if snapshot is None or not access.can_see(self.who, snapshot.run):
            self._drop(message.run)
            raise Http404
        run = snapshot.run
        window = Window(message.number, run.segment_count)
        self.watches[run.pk] = Watch(run.pk, window, run.state, run.unfinished, run.segment_count, time.monotonic())
        await self.emit({"type": "websocket.send", "text": snapshot.text(self.who, self.language)})
        self.wake.set()

    async def do_unwatch(self, message: Message):
        """Follow a Run no longer."""
        self._drop(message.run)

    async def do_ack(self, message: Message):
        """A Segment arrived. One that was not on the way (the Run was unwatched meanwhile, say) changes nothing."""
        watch = self.watches.get(message.run)
        if watch is not None and watch.window.acknowledge(message.number, time.monotonic()) and watch.window.waiting:
            self.wake.set()

    async def do_need(self, message: Message):
        """Send this Segment first, then what follows."""
        watch = self.watches.get(message.run)
        if watch is None:
            raise Mistake("run", N_("This run is not watched: watch it first."))
        watch.window.need(message.number)
        self.wake.set()

    async def do_act(self, message: Message):
        """Branch."""
        await self._say(await self.live.do(acting.act, message, self.who, self.address, self.language))

    async def do_cancel(self, message: Message):
        """Stop computing; those who watch hear of it."""
        await self.live.do(acting.cancel, message.run, self.who, self.address)

    async def _allowed(self, message: Message | None) -> bool:
        """Whether one more message is within the rate; a client that goes over it is dropped.

        Acknowledging what is really on the way costs nothing: it is bounded by what was sent.
        """
        if message is not None and message.do == "ack":
            watch = self.watches.get(message.run)
            if watch is not None and message.number in watch.window.on_the_way:
                return True
        if self.bucket.take(time.monotonic()):
            return True
        await self.close(FLOOD)
        return False

    def _drop(self, run: UUID) -> None:
        self.queue.unwatch(run)
        self.watches.pop(run, None)

    async def work(self, task) -> None:
        """A task that must not fail unseen: the browser comes back by itself to a closed socket."""
        try:
            await task
        except Exception:
            log.exception("a socket's task failed")
            await self.close(BROKEN)

    async def listen(self) -> None:
        """Hear announcements."""
        while True:
            changed = await self.queue.get()
            for run, pointer in changed.items():
                self._heard(run, pointer)
            for run, pointer in changed.items():
                await self._tell(run, pointer)

    async def look_after(self) -> None:
        """Look up what nothing is announced of, tell what had to wait, and drop a client that is stuck."""
        while True:
            await asyncio.sleep(LOOK_S)
            if await self._stuck(time.monotonic()):
                return
            for run, watch in list(self.watches.items()):
                if watch.unfinished or watch.window.stored != watch.told_segments:
                    await self._tell(run, None)

    def _heard(self, run: UUID, pointer: Pointer | None) -> None:
        watch = self.watches.get(run)
        if watch is not None and pointer is not None and pointer.segments > watch.window.stored:
            watch.window.stored = pointer.segments
            self.wake.set()

    async def _tell(self, run: UUID, pointer: Pointer | None) -> None:
        """Tell the client about a Run if its news are due; without a pointer the database says whether there are any."""
        watch = self.watches.get(run)
        if watch is None or (pointer and not watch.due(pointer.segments, pointer.state, time.monotonic())):
            return
        try:
            await self._tell_one(watch, await self.live.snapshot(run, pointer, LOOK_S / 2))
        except OperationalError as trouble:
            log.warning("the database did not answer: %s", trouble)

    async def _tell_one(self, watch: Watch, snapshot: Snapshot | None) -> None:
        if self.watches.get(watch.run) is not watch:
            return
        if snapshot is None or not access.can_see(self.who, snapshot.run):
            self._drop(watch.run)
            return await self._complain(Http404(), "")
        run = snapshot.run
        self._heard(run.pk, Pointer(run.segment_count, run.state))
        if watch.due(run.segment_count, run.state, time.monotonic()):
            watch.told(run.segment_count, run.state, run.unfinished, time.monotonic())
            await self.emit({"type": "websocket.send", "text": snapshot.text(self.who, self.language)})

    async def _stuck(self, now: float) -> bool:
        """Drop a client that takes nothing; True where it was dropped."""
        for watch in self.watches.values():
            until = watch.window.stuck_at()
            if until is not None and now >= until:
                await self.close(STUCK)
                return True
        return False

    async def send_segments(self) -> None:
        """Send what the windows let through, one Segment of each Run in turn."""
        while True:
            self.wake.clear()
            try:
                sent = [await self._send_one(watch) for watch in list(self.watches.values())]
            except OperationalError as trouble:
                log.warning("the database did not answer: %s", trouble)
                await asyncio.sleep(LOOK_S / 2)
                continue
            if not any(sent):
                await self.wake.wait()

    async def _send_one(self, watch: Watch) -> bool:
        number = watch.window.next()
        if number is None:
            return False
        frame = await self.live.frames.get(watch.run, number)
        if self.watches.get(watch.run) is not watch:
            return False
        if frame is None:  # deleted, it seems: the next look says what is
            watch.window.stored = min(watch.window.stored, number)
            watch.unfinished = True
            return False
        watch.window.sent(number, time.monotonic())
        await self.emit({"type": "websocket.send", "bytes": frame})
        return True

    async def _complain(self, trouble: Exception, tag: str) -> None:
        """Say what is wrong in one sentence."""
        field = ""
        with translation.override(self.language):
            if isinstance(trouble, Mistake):
                field, sentence = trouble.field, trouble.say(_)
            elif isinstance(trouble, Forbidden):
                sentence = trouble.sentence.say(_)
            elif isinstance(trouble, Http404):
                field, sentence = "run", str(SENTENCES[404])
            elif isinstance(trouble, (OperationalError, RedisError)):
                log.warning("a service did not answer: %s", trouble)
                sentence = str(SENTENCES[503])
            else:
                log.error("a message over the socket failed", exc_info=trouble)
                sentence = str(SENTENCES[500])
        await self._say({"is": "error", "error": sentence, "field": field, "tag": tag})

    async def _say(self, message: dict) -> None:
        await self.emit({"type": "websocket.send", "text": orjson.dumps(message).decode()})


async def _end(task: asyncio.Task) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
