"""Prints medians of what hyperfine has measured, as multiples of others.

Usage: side_by_side.py FILE...   the exported rounds; the times of one name are put together
"""

import json
import statistics
import sys

times = {}
for path in sys.argv[1:]:
    with open(path) as file:
        for result in json.load(file)["results"]:
            times.setdefault(result["command"], []).extend(result["times"])

medians = {name: statistics.median(found) * 1000 for name, found in times.items()}
others = ["true", "empty Rust program", "warm"]
print(f"{'':34}{'ms':>8}{'least':>8}" + "".join(f"{'× ' + other:>22}" for other in others))
for name, median in medians.items():
    ratios = "".join(f"{median / medians[other]:22.2f}" for other in others)
    print(f"{name:34}{median:8.2f}{min(times[name]) * 1000:8.2f}{ratios}")
