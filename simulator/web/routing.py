"""The socket's address, behind the same doors as the pages: host, origin, session."""

from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from simulator.web.socket import socket


class SameOrigin:
    """ASGI middleware: only a page of our own origin may open the socket, and only at its address.

    Channels' validator compares host names alone, so a page on another port of the same machine
    would pass with this site's cookies.
    """

    def __init__(self, application, path: str):
        self.application = application
        self.path = path

    async def __call__(self, scope, receive, send):
        if scope["path"] == self.path and welcome(dict(scope["headers"])):
            # The session is only read: its middleware need not look at every message that is sent.
            return await self.application({**scope, "wire": send}, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def welcome(headers: dict[bytes, bytes]) -> bool:
    """Whether the Origin among `headers` is the Host asked for (one of ALLOWED_HOSTS), or trusted by the settings."""
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    same = parts.scheme in ("http", "https") and parts.netloc.lower() == host
    return same or origin in settings.CSRF_TRUSTED_ORIGINS


websocket = SameOrigin(AuthMiddlewareStack(socket), "/ws/")
