"""A browser's end of the socket, for tests: what it says, and what it hears."""

import asyncio
import json
from uuid import UUID

from channels.testing import WebsocketCommunicator

from simulator.runs import reader
from simulator.runs.models import Run, State
from simulator.web.routing import websocket


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
