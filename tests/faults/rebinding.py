"""A program for a network of its own: `unshare -n -m python -m tests.faults.rebinding`. Prints what came of it as JSON.

Only loopback is there, so no packet leaves. A name server of our own says one address first and another later.
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from typing import Any

from engine.actions.http import HttpClient, parse_networks
from engine.model import Method, Request

PUBLIC = "93.184.216.34"
ANSWERS = {
    "rebinds.test": [[PUBLIC], ["127.0.0.1"]],
    "mixed.test": [[PUBLIC, "127.0.0.1"]],
    "inside.test": [["127.0.0.1"]],
    "metadata.test": [["169.254.169.254"]],
    "second.test": [["127.0.0.2"]],
}
"""The addresses of a name, at the first look-up, the second, and so on; the last ones stay."""
SPELLINGS = (
    *("127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "169.254.169.254", "100.64.0.1", "[::1]"),
    *(
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.",
    ),
)


class Names(asyncio.DatagramProtocol):
    """Answers A; says that there is nothing else, and no name that it does not know."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels, place = [], 12
        while length := data[place]:
            labels.append(data[place + 1 : place + 1 + length].decode())
            place += 1 + length
        name, question = ".".join(labels).lower(), data[12 : place + 5]
        (kind,) = struct.unpack("!H", data[place + 1 : place + 3])
        known = ANSWERS.get(name)
        addresses: list[str] = []
        if known and kind == 1:
            time = self.asked[name] = self.asked.get(name, 0) + 1
            addresses = known[min(time, len(known)) - 1]
        flags = 0x8180 if known else 0x8183
        head = data[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
        records = b"".join(struct.pack("!HHHIH", 0xC00C, 1, 1, 0, 4) + socket.inet_aton(one) for one in addresses)
        self.transport.sendto(head + question + records, addr)


class Receiver:
    """Listens at every address, and counts its connections by them."""

    def __init__(self) -> None:
        self.called: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.called[writer.get_extra_info("sockname")[0]] += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()


async def outcome(client: HttpClient, host: str, port: int) -> str:
    request = Request(method=Method.POST, url=f"http://{host}:{port}/in", headers={}, body="{}")
    came = await client.send(request, 3.0)
    return came.error.error_class if came.error else str(came.response and came.response.status)


async def main() -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 53))
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    found: dict[str, Any] = {}
    for number in (1, 2):  # each by a client that remembers no look-up
        client = HttpClient(networks=(), internal={})
        found[f"rebinds, call {number}"] = await outcome(client, "rebinds.test", port)
        await client.close()
    client = HttpClient(networks=(), internal={})
    for name in ("mixed.test", "inside.test", "metadata.test", "nobody.test"):
        found[name] = await outcome(client, name, port)
    found["spellings"] = {host: await outcome(client, host, port) for host in SPELLINGS}
    await client.close()
    found["called"] = dict(receiver.called)
    opened = HttpClient(networks=parse_networks("127.0.0.2/32"), internal={})
    found["opened"] = [await outcome(opened, host, port) for host in ("127.0.0.2", "second.test", "127.0.0.1")]
    await opened.close()
    server.close()
    print(json.dumps(found), flush=True)


def enter() -> None:
    if {name for _, name in socket.if_nameindex()} - {"lo"}:
        sys.exit("This is not a network of our own.")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{PUBLIC}/32", "dev", "lo"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as resolver:
        resolver.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", resolver.name, "/etc/resolv.conf"], check=True)


if __name__ == "__main__":
    enter()
    asyncio.run(main())
