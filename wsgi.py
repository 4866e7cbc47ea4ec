"""The application and its sides. Nothing else imports a side or patches the library."""

import eventlet

eventlet.monkey_patch()

import facilitator  # noqa: E402
import participant  # noqa: E402
import realtime  # noqa: E402
from attune.app import create_app  # noqa: E402

app = create_app(sides=[facilitator, participant, realtime])
