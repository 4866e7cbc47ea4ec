"""The live side: who is connected, what they send, and the regions that are pushed to them.

It stands on the core like the pages do and decides nothing: who may do what is `attune.access`,
what an audience sees is `attune.stage`. Nothing runs before the server calls `start`; an
application that only answers a test or a command has no greenlets.
"""

from flask import Flask
from flask_socketio import SocketIO

from realtime import connections, events, running, wire
from realtime.fragments import Drawer

PING_SECONDS, PONG_SECONDS = 10, 8


def init_app(app: Flask) -> None:
    """Attach the socket's surface to the application (docs/protocol.md)."""
    origins = list(app.config["ATTUNE"].all_origins)
    socketio = SocketIO(
        app,
        async_mode="eventlet",
        transports=["websocket"],
        allow_upgrades=False,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        max_http_buffer_size=wire.LARGEST_MESSAGE,
        cors_allowed_origins=origins,
        cors_credentials=False,
        # A client's events one after the other, in its own greenlet: what one person sends
        # cannot overtake itself, and only they wait while it is written.
        async_handlers=False,
        manage_session=False,
        json=wire.Json,
        logger=False,
        engineio_logger=False,
    )
    wire.guard(app, socketio.server, origins)
    drawer = Drawer(app, socketio.server)
    connections.init_app(socketio, drawer)
    events.init_app(app, socketio.server)
    running.init_app(app, socketio.server, drawer)
