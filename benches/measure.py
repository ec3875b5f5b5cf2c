"""Runs a command and says what it took. It is run in this process's environment.

Usage: measure.py alone RUNS COMMAND...          the processor time and the time, in ms
       measure.py cold RUNS CACHE COMMAND...     the same without what earlier runs have left in CACHE
       measure.py crowd COUNT COMMAND...         the time, in ms, that so many at once take until all are done
Prints medians, separated by spaces. A run that fails ends it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def run(command):
    begin = time.monotonic()
    process = start(command)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - begin
    if status:
        sys.exit(f"{command}: exit status {status}")
    return (usage.ru_utime + usage.ru_stime) * 1000, took * 1000


def repeated(runs, command, cache=None):
    results = []
    for _ in range(runs):
        if cache:
            shutil.rmtree(cache, ignore_errors=True)
        results.append(run(command))
    print(*[f"{statistics.median(column):.2f}" for column in zip(*results)])


def crowd(count, command):
    begin = time.monotonic()
    processes = [start(command) for _ in range(count)]
    failed = sum(process.wait() != 0 for process in processes)
    took = (time.monotonic() - begin) * 1000
    if failed:
        sys.exit(f"{failed} of {count} failed: {command}")
    print(f"{took:.1f}")


kind, count, rest = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if kind == "cold":
    repeated(count, rest[1:], rest[0])
elif kind == "alone":
    repeated(count, rest)
else:
    crowd(count, rest)
