#!/usr/bin/env python3
"""Holds a conversation with a program at a pseudo-terminal of its own, and tells what was on the screen.

Reads one JSON object from standard input and prints one:

    {"command": ["afed", "login"], "steps": [{"expect": "User name", "send": "alice\\r"}],
     "streams": "terminal", "size": [24, 80], "deadline": 20}

    {"code": 0, "transcript": "User name: alice…", "stdout": "", "stderr": "", "sane": true}

Each step waits for its text, then until the program reads keys one by one, then types; "interrupt" types Ctrl-C at once.
"signal": "TERM" sends the program that signal while it reads keys, and "hang_up" takes the terminal away: while keys are
read if it is "reading", or "at once". With "streams": "pipes" the standard streams are pipes and only the controlling terminal is a terminal; with "background": true the program is
in a background process group of it. "sane" says whether the terminal echoes and reads lines as before in the end and
shows its cursor. A program that does not say what is expected, or does not end, is killed and told by "failure".
"""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time

LOCAL_FLAGS = 3


class Failure(Exception):
    pass


class Conversation:
    def __init__(self, plan):
        self.plan = plan
        self.end = time.monotonic() + plan.get("deadline", 20)
        self.master, self.slave = os.openpty()
        rows, columns = plan.get("size", [24, 80])
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.shown = b""
        self.heard = 0

    def start(self):
        pipes = self.plan.get("streams", "terminal") == "pipes"
        command = self.plan["command"]
        if self.plan.get("background"):
            command = [sys.executable, "-c", BACKGROUND, *command]
        self.program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if pipes else self.slave,
            stdout=subprocess.PIPE if pipes else self.slave,
            stderr=subprocess.PIPE if pipes else self.slave,
            preexec_fn=self.take_terminal,
        )

    def take_terminal(self):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def follow(self):
        for step in self.plan["steps"]:
            self.wait_for(step["expect"].encode())
            if step.get("interrupt"):
                os.write(self.master, b"\x03")
            if "send" in step:
                self.wait_until_keys_are_read(step["expect"])
                os.write(self.master, step["send"].encode())
            if "signal" in step:
                self.wait_until_keys_are_read(step["expect"])
                self.program.send_signal(getattr(signal, f"SIG{step['signal']}"))
            if "hang_up" in step:
                if step["hang_up"] == "reading":
                    self.wait_until_keys_are_read(step["expect"])
                os.close(self.master)
                self.master = None

    def wait_for(self, text):
        while True:
            found = self.shown.find(text, self.heard)
            if found >= 0:
                self.heard = found + len(text)
                return
            if self.program.poll() is not None and not self.look(0):
                raise Failure(f"it ended without saying “{text.decode()}”")
            self.look(0.05)
            self.stay_in_time(f"waiting for “{text.decode()}”")

    def wait_until_keys_are_read(self, question):
        while termios.tcgetattr(self.slave)[LOCAL_FLAGS] & termios.ICANON:
            if self.program.poll() is not None:
                raise Failure(f"it ended without reading an answer to “{question}”")
            self.look(0.005)
            self.stay_in_time(f"waiting for it to read an answer to “{question}”")

    def look(self, patience):
        if self.master is None:
            time.sleep(patience)
            return False
        ready, _, _ = select.select([self.master], [], [], patience)
        if ready:
            self.shown += os.read(self.master, 65536)
        return bool(ready)

    def stay_in_time(self, doing):
        if time.monotonic() > self.end:
            raise Failure(f"out of time {doing}")

    def finish(self):
        while self.program.poll() is None:
            self.look(0.02)
            self.stay_in_time("waiting for its end")
        while self.look(0):
            pass

    def stop(self):
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()

    def is_sane(self):
        if self.master is None:
            return True
        cursor = self.shown.rfind(b"\x1b[?25l") <= self.shown.rfind(b"\x1b[?25h")
        return cursor and termios.tcgetattr(self.slave) == self.before

    def told(self, failure):
        def text(stream):
            return stream.read().decode(errors="replace") if stream else ""

        return {
            "code": self.program.returncode,
            "transcript": self.shown.decode(errors="replace"),
            "stdout": text(self.program.stdout),
            "stderr": text(self.program.stderr),
            "sane": self.is_sane(),
            "failure": failure,
        }


# The leader of the session stays in the foreground and hands on the program's exit code.
BACKGROUND = """
import os, subprocess, sys
program = subprocess.Popen(sys.argv[1:], process_group=0)
sys.exit(program.wait())
"""


def main():
    conversation = Conversation(json.load(sys.stdin))
    conversation.start()
    failure = None
    try:
        conversation.follow()
        conversation.finish()
    except Failure as reason:
        failure = str(reason)
        conversation.stop()
    json.dump(conversation.told(failure), sys.stdout, ensure_ascii=False)


main()
