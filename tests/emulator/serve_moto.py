"""Runs moto's server until standard input ends, so that it can't outlive the test that started it.

Where it listens is in MOTO_PORT. It checks no signature, but knows how many keys a user may have and when each was used.
"""

import os
import sys
import threading


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()

from moto.server import main  # noqa: E402: it may take a while, and the parent may end meanwhile

main(["--host", "127.0.0.1"])
