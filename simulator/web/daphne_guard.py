"""Starts Daphne with a bound on the bodies it spools: `python -m simulator.web.daphne_guard -p 8000 distviz.asgi:application`.

Daphne writes a whole body to disk before it calls the application, so BodyLimit alone would answer
a 2 GB upload only after 2 GB. Everything else stays Daphne's; other servers stream and need no guard.
The limit in bytes is read from DISTVIZ_BODY_BYTES.
"""

import os

from daphne.cli import CommandLineInterface  # first: it installs the asyncio reactor
from daphne import http_protocol  # isort: skip
from autobahn.twisted import websocket as transport  # isort: skip
from autobahn.websocket import protocol  # isort: skip

from simulator.web.bodies import SENTENCE

DRAIN_S = 10
"""How long a refused body is still read and thrown away, so that the sender can read the answer."""

DEFAULT_BYTES = 256 * 1024 * 1024


def limit() -> int:
    """The largest body the server takes in, in bytes."""
    return int(os.environ.get("DISTVIZ_BODY_BYTES") or DEFAULT_BYTES)


class GuardedRequest(http_protocol.WebRequest):
    """A request whose body is refused, not stored, once it is known to be too large."""

    refused = False
    body_seen = 0

    def gotLength(self, length):  # noqa: N802 (Twisted's name)
        """The headers are in; `length` is the declared one, None for a chunked body."""
        if length is not None and length > limit():
            self._refuse()
            length = 0
        super().gotLength(length)

    def handleContentChunk(self, data):  # noqa: N802
        """A part of the body."""
        self.body_seen += len(data)
        if not self.refused and self.body_seen > limit():
            self._refuse()
        if not self.refused:
            super().handleContentChunk(data)

    def requestReceived(self, command, path, version):  # noqa: N802
        """The whole body is in; a refused one has had its answer already."""
        if self.refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse(self):
        self.refused = True
        body = ('{"error": "' + SENTENCE.format(limit=limit()) + '", "field": ""}').encode()
        head = (b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body))
        self.channel.transport.write(head + body)
        from twisted.internet import reactor

        reactor.callLater(DRAIN_S, self._abort, self.channel.transport)

    @staticmethod
    def _abort(transport):
        transport.abortConnection()


def quieten() -> None:
    """Autobahn colours the names of functions for a debug line that nobody reads, twice for every frame.

    At two hundred sockets that was a fifth of the server's time.
    """
    for module in (protocol, transport):
        module.hltype = module.hlval = lambda *_arguments, **_named: ""


def main(arguments: list[str] | None = None) -> None:
    """Daphne's own command line, with the guard in place."""
    http_protocol.WebRequest = GuardedRequest
    quieten()
    if arguments is None:
        CommandLineInterface.entrypoint()
    else:
        CommandLineInterface().run(arguments)


if __name__ == "__main__":
    main()
