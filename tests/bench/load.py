"""Closed-loop clients: each sends its next request when the last one is answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

ANSWER_SECONDS_MAX = 30
PER_ADDRESS = 40
"""Requests from one loopback address before the next is used: scans are limited by address."""

_addresses = count()


@dataclass
class Run:
    """What came of one block of requests."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.latencies) / self.seconds


def send_all(port: int, requests: Sequence[bytes], *, client_count: int) -> Run:
    """Send every request once, by so many clients at a time."""
    return asyncio.run(_send_all(port, requests, client_count))


async def _send_all(port: int, requests: Sequence[bytes], client_count: int) -> Run:
    run, queue = Run(), iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, queue, run) for _ in range(client_count)))
    run.seconds = time.perf_counter() - began
    return run


async def _client(port: int, queue: Iterator[bytes], run: Run) -> None:
    """Send from the queue until it is empty; keep the connection if the server does."""
    reader, writer, left = None, None, 0
    for request in queue:
        began = time.perf_counter()
        if writer is None or left == 0:
            if writer is not None:
                writer.close()
            here = (_next_address(), 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=here)
            left = PER_ADDRESS
        assert reader is not None
        writer.write(request)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            status, is_kept = await _read_answer(reader)
        left -= 1
        run.latencies.append(time.perf_counter() - began)
        run.statuses[status] = run.statuses.get(status, 0) + 1
        if not is_kept:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Return the status and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12]), b"connection: close" not in head


def _next_address() -> str:
    number = next(_addresses) % (200 * 250)
    return f"127.1.{number // 250}.{number % 250 + 1}"
