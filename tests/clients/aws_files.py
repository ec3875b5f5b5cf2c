"""Says what botocore reads in pairs of AWS files: FOLDER/0.config with FOLDER/0.credentials, and so on.

Prints a JSON list with, for each pair, the settings by profile, or null where it can't be read.

Usage: aws_files.py FOLDER
"""

import json
import pathlib
import sys

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError


def reading(folder, number):
    try:
        config = load_config(str(folder / f"{number}.config"))["profiles"]
        credentials = raw_config_parse(str(folder / f"{number}.credentials"))
    except (ConfigParseError, UnicodeDecodeError):
        return None
    found = {f"config {name}": settings for name, settings in config.items()}
    found.update({f"credentials {name}": settings for name, settings in credentials.items()})
    return found


folder = pathlib.Path(sys.argv[1])
count = len(list(folder.glob("*.config")))
print(json.dumps([reading(folder, number) for number in range(count)]))
