"""The ASGI application: pages and REST over HTTP, live Segments over WebSocket. Any ASGI server can run it."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "distviz.settings")
pages = get_asgi_application()  # before anything that needs models

from django.conf import settings  # noqa: E402

from simulator.web.bodies import BodyLimit  # noqa: E402
from simulator.web.routing import websocket  # noqa: E402

application = ProtocolTypeRouter({
    "http": BodyLimit(pages, settings.DISTVIZ_BODY_BYTES),
    "websocket": websocket,
})
