"""Takes the keys whose descriptions hold one of the given texts out of the kernel's keyring of this user.

Usage: forget_keys.py TEXT...
"""

import ctypes
import platform
import sys

UNLINK, USER_KEYRING = 9, -4
keyctl = {"x86_64": 250, "aarch64": 219}[platform.machine()]
system = ctypes.CDLL(None, use_errno=True).syscall
with open("/proc/keys") as keys:
    for line in keys:
        serial, description = int(line.split()[0], 16), line.split(maxsplit=8)[8]
        if "afed:" in description and any(text in description for text in sys.argv[1:]):
            system(keyctl, UNLINK, ctypes.c_int32(serial), ctypes.c_int32(USER_KEYRING))
