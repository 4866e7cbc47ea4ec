"""The application and its sides. Nothing else imports a side or patches the library."""

import os
import warnings

# Eventlet says on import that it is in maintenance; the choice and its end are in docs/decisions.
warnings.filterwarnings("ignore", "(?s).*Eventlet is deprecated")

# Its resolver takes half a second to import; only libpq looks names up, and does so by itself.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import facilitator  # noqa: E402
import participant  # noqa: E402
import realtime  # noqa: E402
from attune.app import create_app  # noqa: E402

app = create_app(sides=[facilitator, participant, realtime])
