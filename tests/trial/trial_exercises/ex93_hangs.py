"""ex93: Hangs when it is imported."""

import signal

signal.pause()
