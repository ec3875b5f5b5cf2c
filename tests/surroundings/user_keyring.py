"""Changes the calling user's keyring in the kernel: `fill` adds keys until there is no room, `clear` takes all out, and
`expire` has the keyring itself end. `revoke-session` and `invalidate-session` join a new session keyring, end that, and
become the program whose words follow."""
import ctypes
import errno
import os
import platform
import sys
import time

ADD_KEY, KEYCTL = {"x86_64": (248, 250)}.get(platform.machine(), (217, 219))
USER, SESSION = -4, -3
JOIN, REVOKE, CLEAR, READ_ID, SET_TIMEOUT, INVALIDATE = 1, 3, 7, 0, 15, 21

libc = ctypes.CDLL(None, use_errno=True)


def call(*arguments):
    result = libc.syscall(*(ctypes.c_long(one) if isinstance(one, int) else one for one in arguments))
    return -ctypes.get_errno() if result == -1 else result


def must(result):
    return result if result >= 0 else sys.exit(os.strerror(-result))


def fill():
    number = 0
    while (result := call(ADD_KEY, b"user", b"filling %d" % number, b"x", 1, USER)) >= 0:
        number += 1
    if result != -errno.EDQUOT:
        must(result)


def expire():
    must(call(KEYCTL, SET_TIMEOUT, USER, 1))
    while call(KEYCTL, READ_ID, USER, 0) >= 0:
        time.sleep(0.05)


def become(how):
    must(call(KEYCTL, JOIN, None))
    must(call(KEYCTL, how, SESSION))
    os.execv(sys.argv[2], sys.argv[2:])


{
    "fill": fill,
    "clear": lambda: must(call(KEYCTL, CLEAR, USER)),
    "expire": expire,
    "revoke-session": lambda: become(REVOKE),
    "invalidate-session": lambda: become(INVALIDATE),
}[sys.argv[1]]()
