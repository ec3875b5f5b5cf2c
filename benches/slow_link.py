"""A link with a delay to servers on loopback, which keeps a record of what passes.

Usage: slow_link.py RECORD PORT...

Each line of standard input is a new delay in milliseconds; at first there is none. A round trip takes so long: half of it
each way, and a whole one before a new connection carries anything. Prints the ports that lead to the given ones, on one
line. The record gets a line for each connection, "open PORT", and for each exchange on one, "exchange PORT MILLISECONDS",
with the time that the server itself took. Ends when its standard input does.
"""

import asyncio
import sys

delay = 0.0


def note(text):
    with open(sys.argv[1], "a") as record:
        record.write(text + "\n")


async def carry(port, near_in, near_out):
    now = asyncio.get_running_loop().time
    usable, asked = now() + delay, None
    note(f"open {port}")
    far_in, far_out = await asyncio.open_connection("127.0.0.1", port)

    async def there():
        nonlocal asked
        while data := await near_in.read(65536):
            await asyncio.sleep(max(usable - now(), 0) + delay / 2)
            far_out.write(data)
            asked = now()
        far_out.close()

    async def back():
        nonlocal asked
        while data := await far_in.read(65536):
            if asked is not None:
                note(f"exchange {port} {(now() - asked) * 1000:.3f}")
                asked = None
            await asyncio.sleep(delay / 2)
            near_out.write(data)
        near_out.close()

    await asyncio.gather(there(), back(), return_exceptions=True)


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
