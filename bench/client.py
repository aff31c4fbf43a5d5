"""The other end, in a process of its own so that its CPU is not the server's. Reads its task as JSON from stdin."""

import asyncio
import base64
import gzip
import http.client
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any


def main() -> None:
    task = json.load(sys.stdin)
    answer = {"upload": upload, "ask": ask, "thumbs": thumbs}[sys.argv[1]](task)
    json.dump(answer, sys.stdout)


def upload(task: dict[str, Any]) -> dict[str, Any]:
    """Sends files as a browser does (tus, one request a file), several at a time; their asset ids."""
    waiting = list(reversed(task["files"]))
    ids: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", task["port"], timeout=120)
        while True:
            try:
                path = Path(waiting.pop())
            except IndexError:
                return
            metadata = {"filename": path.name, "space_id": task["space_id"]}
            headers = {
                "Authorization": f"Bearer {task['token']}",
                "Tus-Resumable": "1.0.0",
                "Content-Type": "application/offset+octet-stream",
                "Upload-Length": str(path.stat().st_size),
                "Upload-Metadata": ",".join(
                    f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata.items()
                ),
            }
            connection.request("POST", "/api/uploads", path.read_bytes(), headers)
            response = connection.getresponse()
            body = response.read()
            if response.status != 201:
                raise RuntimeError(f"{path.name}: {response.status} {body[:300]!r}")
            if response.headers["Asset-Duplicate"] != "false":
                raise RuntimeError(f"{path.name} was there already: nothing would be measured")
            ids.append(response.headers["Asset-Id"])

    threads = [threading.Thread(target=work) for _ in range(task["at_once"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(ids) != len(task["files"]):
        raise SystemExit("not everything was taken")
    return {"ids": ids}


def ask(task: dict[str, Any]) -> dict[str, Any]:
    """Asks for each path, one after the other on one connection: milliseconds, bytes on the wire and unpacked."""
    connection = http.client.HTTPConnection("127.0.0.1", task["port"], timeout=120)
    headers = {"Authorization": f"Bearer {task['token']}", "Accept-Encoding": "gzip"}
    times, sent, plain = [], [], []
    for path in task["paths"]:
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        times.append((time.perf_counter() - begun) * 1000)
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
        sent.append(len(body))
        plain.append(len(gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body))
    return {"ms": times, "sent": sent, "plain": plain}


def thumbs(task: dict[str, Any]) -> dict[str, Any]:
    """Fetches the paths round and round for some seconds over connections that stay open."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for path in task["paths"]]
    return asyncio.run(_hammer(task["port"], requests, task["connections"], task["seconds"]))


async def _hammer(port: int, requests: list[bytes], connections: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    ends = begun + seconds
    readers = [_Reader(requests, number * 7, ends) for number in range(connections)]
    for reader in readers:
        await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)
    await asyncio.gather(*(reader.done for reader in readers))
    took = time.perf_counter() - begun
    return {"count": sum(r.count for r in readers), "bytes": sum(r.bytes for r in readers), "seconds": took}


class _Reader(asyncio.Protocol):
    """One connection: the next request goes out when the last answer is whole."""

    def __init__(self, requests: list[bytes], first: int, ends: float) -> None:
        self._requests, self._next, self._ends = requests, first, ends
        self._head, self._left = b"", 0
        self.count = self.bytes = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        if not self._left:
            head, found, rest = (self._head + data).partition(b"\r\n\r\n")
            if not found:
                self._head = head
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(head.decode("latin-1")))
                return
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            self._head, self._left, data = b"", int(length), rest
        self._left -= len(data)
        self.bytes += len(data)
        if not self._left:
            self.count += 1
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))

    def _ask(self) -> None:
        if time.perf_counter() < self._ends:
            self._transport.write(self._requests[self._next % len(self._requests)])
            self._next += 1
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


if __name__ == "__main__":
    main()
