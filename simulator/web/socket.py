"""The socket /ws/: Segments to the browser, Actions from it. What a client may say is in messages.py.

Server to client: {"is": "run", "run": RUN}, {"is": "branch", "tag", "runs": [RUN, ...], "comparison": id | null},
{"is": "error", "error": sentence, "field", "tag"}, {"is": "pong"}; and binary frames (runs/codec.py).
"""

import asyncio
import contextlib
import json
import logging
import time
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import OperationalError
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from redis.exceptions import RedisError

from simulator.runs import Forbidden, Mistake, Phrase, access
from simulator.runs.reader import Pointer, subscribe
from simulator.web import acting
from simulator.web.errors import SENTENCES
from simulator.web.live import Snapshot, live
from simulator.web.messages import Message, read, tag_of
from simulator.web.spoken import spoken
from simulator.web.throttling import address_of
from simulator.web.watch import PAUSE_S, Bucket, Watch
from simulator.web.who import made
from simulator.web.window import Window

RUNS_AT_MOST = 8

LOOK_S = 2.0
"""An unfinished Run that nothing is announced of is looked up in the database this often."""

STUCK, FLOOD, BROKEN = 4408, 4429, 1011
"""Close codes: acknowledged nothing for 30 s; spoke too often; our own mistake."""

log = logging.getLogger(__name__)


class Socket(AsyncWebsocketConsumer):
    """One browser. Two tasks beside the messages: one listens to announcements, one sends Segments."""

    async def __call__(self, scope, receive, send):
        """Serve one connection and leave nothing behind, however it ends."""
        async with contextlib.AsyncExitStack() as self.belongings:
            await super().__call__(scope, receive, send)

    async def connect(self):
        """Say yes, and start to listen."""
        self.live = live()
        self.who = made(self.scope["user"], self.scope["session"])
        self.language = spoken(self.scope)
        forwarded = dict(self.scope["headers"]).get(b"x-forwarded-for", b"").decode("latin1")
        self.address = address_of((self.scope.get("client") or [""])[0], forwarded)
        self.watches: dict[UUID, Watch] = {}
        self.bucket = Bucket()
        self.wake = asyncio.Event()
        self.queue = await self.belongings.enter_async_context(subscribe())
        await self.accept()
        for work in (self._listen(), self._send_segments()):
            self.belongings.push_async_callback(_end, asyncio.create_task(self._work(work)))

    async def receive(self, text_data=None, bytes_data=None):
        """One message: its verb, or one sentence about what is wrong with it."""
        message, trouble = None, None
        try:
            message = read(text_data)
        except Mistake as slip:
            trouble = slip
        if not await self._allowed(message):
            return
        try:
            if message is not None:
                await getattr(self, f"do_{message.do}")(message)
        except Exception as failure:  # the outermost edge: whatever it is, the connection stays
            trouble = failure
        if trouble is not None:
            await self._complain(trouble, tag_of(text_data))

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
        await self.send(snapshot.text(self.who, self.language))
        self.wake.set()

    async def do_unwatch(self, message: Message):
        """Follow a Run no longer."""
        self._drop(message.run)

    async def do_ack(self, message: Message):
        """A Segment arrived. One that was not on the way (the Run was unwatched meanwhile, say) changes nothing."""
        watch = self.watches.get(message.run)
        if watch is not None and watch.window.acknowledge(message.number, time.monotonic()):
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
        await self._say(await self.live.call(acting.act, message, self.who, self.address, self.language))

    async def do_cancel(self, message: Message):
        """Stop computing; those who watch hear of it."""
        await self.live.call(acting.cancel, message.run, self.who, self.address)

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

    async def _work(self, work) -> None:
        """A task that must not fail unseen: the browser comes back by itself to a closed socket."""
        try:
            await work
        except Exception:
            log.exception("a socket's task failed")
            await self.close(BROKEN)

    async def _listen(self):
        """Hear announcements, look up what nothing is announced of, and look after stuck clients."""
        looked = time.monotonic()
        while True:
            try:
                changed = await asyncio.wait_for(self.queue.get(), PAUSE_S if self._news() else LOOK_S)
            except TimeoutError:
                changed = {}
            now = time.monotonic()
            if now - looked >= LOOK_S:
                looked = now
                if await self._stuck(now):
                    return
                changed = {**{run: None for run, watch in self.watches.items() if watch.unfinished}, **changed}
            for run, pointer in changed.items():
                self._heard(run, pointer)
            await self._tell(changed)

    def _news(self) -> bool:
        """Whether some client-side news wait for their turn."""
        return any(watch.window.stored != watch.told_segments for watch in self.watches.values())

    def _heard(self, run: UUID, pointer: Pointer | None) -> None:
        watch = self.watches.get(run)
        if watch is not None and pointer is not None and pointer.segments > watch.window.stored:
            watch.window.stored = pointer.segments
            self.wake.set()

    async def _tell(self, changed: dict[UUID, Pointer | None]) -> None:
        """Tell the client about each changed Run whose news are due."""
        for run, watch in list(self.watches.items()):
            known = changed.get(run)
            looking = run in changed and known is None
            state = known.state if known else watch.state
            if not looking and not watch.due(watch.window.stored, state, time.monotonic()):
                continue
            try:
                pointer = None if looking else Pointer(watch.window.stored, state)
                snapshot = await self.live.snapshot(run, pointer, LOOK_S / 2)
                await self._tell_one(watch, snapshot)
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
            await self.send(snapshot.text(self.who, self.language))

    async def _stuck(self, now: float) -> bool:
        """Drop a client that takes nothing; True where it was dropped."""
        for watch in self.watches.values():
            until = watch.window.stuck_at()
            if until is not None and now >= until:
                await self.close(STUCK)
                return True
        return False

    async def _send_segments(self):
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
        await self.send(bytes_data=frame)
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
        await self.send(json.dumps(message, ensure_ascii=False))


async def _end(task: asyncio.Task) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
