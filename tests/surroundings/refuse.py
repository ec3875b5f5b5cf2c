"""Runs a program to whom the kernel refuses some system calls, as containers do: refuse.py ERRNO CALL… -- PROGRAM ARGUMENT…

The filter is a seccomp program for x86-64 and 64-bit ARM: each named call fails with the errno, all others are let through.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

CALLS = {
    "x86_64": (0xC000003E, {"add_key": 248, "request_key": 249, "keyctl": 250}),
    "aarch64": (0xC00000B7, {"add_key": 217, "request_key": 218, "keyctl": 219}),
}
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, ARCHITECTURE_AT = 0, 4
ALLOW, FAIL_WITH = 0x7FFF0000, 0x00050000
SET_SECCOMP, FILTER, SET_NO_NEW_PRIVILEGES = 22, 2, 38


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(number, names):
    architecture, calls = CALLS[platform.machine()]
    lines = [instruction(LOAD_WORD, ARCHITECTURE_AT), instruction(JUMP_IF_EQUAL, architecture, 1, 0),
             instruction(RETURN, ALLOW), instruction(LOAD_WORD, NUMBER_AT)]
    for name in names:
        lines += [instruction(JUMP_IF_EQUAL, calls[name], 0, 1), instruction(RETURN, FAIL_WITH | number)]
    return lines + [instruction(RETURN, ALLOW)]


def refuse(number, names):
    lines = program(number, names)
    code = ctypes.create_string_buffer(b"".join(lines))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    filter_program = Program(len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (SET_SECCOMP, FILTER, ctypes.byref(filter_program), 0, 0)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def main():
    border = sys.argv.index("--")
    refuse(getattr(errno, sys.argv[1]), sys.argv[2:border])
    os.execv(sys.argv[border + 1], sys.argv[border + 1:])


main()
