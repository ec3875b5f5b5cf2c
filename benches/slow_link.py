"""A link with a delay to servers on loopback, which keeps a record of what passes.

Usage: slow_link.py RECORD PORT...

Each line of standard input is a new delay in milliseconds; at first there is none. A round trip takes so long: half of it
each way, and a whole one before a new connection carries anything. Prints the ports that lead to the given ones, on one
line. The record gets a line for each connection, "open PORT", and for each exchange on one, "exchange PORT MILLISECONDS",
with the time that the server itself took, and for each piece that is carried, "late PORT MILLISECONDS", by how much more
than the delay its timer held it up. Ends when its standard input does.
"""

import asyncio
import contextlib
import sys

delay = 0.0


def note(text):
    with open(sys.argv[1], "a") as record:
        record.write(text + "\n")


async def carry(port, near_in, near_out):
    loop = asyncio.get_running_loop()
    usable, asked = loop.time() + delay, None
    note(f"open {port}")
    far_in, far_out = await asyncio.open_connection("127.0.0.1", port)

    def carry_at(due, write, data):
        def late():
            held_up = loop.time() - due
            write(data)
            note(f"late {port} {held_up * 1000:.3f}")

        loop.call_at(due, late)

    def ask(data):
        nonlocal asked
        far_out.write(data)
        asked = loop.time()

    async def there():
        while data := await near_in.read(65536):
            carry_at(max(usable, loop.time()) + delay / 2, ask, data)

    async def back():
        nonlocal asked
        while data := await far_in.read(65536):
            if asked is not None:
                note(f"exchange {port} {(loop.time() - asked) * 1000:.3f}")
                asked = None
            carry_at(loop.time() + delay / 2, near_out.write, data)

    for way in asyncio.as_completed([there(), back()]):
        with contextlib.suppress(ConnectionError):
            await way
        break
    for writer in (near_out, far_out):
        loop.call_later(delay, writer.close)


def listen_to_orders():
    global delay
    for line in sys.stdin:
        delay = float(line) / 1000


async def main():
    servers = [
        await asyncio.start_server(lambda i, o, port=int(port): carry(port, i, o), "127.0.0.1", 0, backlog=512)
        for port in sys.argv[2:]
    ]
    print(*[server.sockets[0].getsockname()[1] for server in servers], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, listen_to_orders)


asyncio.run(main())
