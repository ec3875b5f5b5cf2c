"""Runs the AWS emulator until standard input ends, so that it can't outlive the test that started it."""

import os
import sys
import threading


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]

from ministack.app import main  # noqa: E402: it may take a while, and the parent may end meanwhile

main()
