"""The guide's nginx.conf in, that nginx on loopback in front of an instance out; and clients that hold it up.

Usage: proxy.py HOST PORT CLIENTS   (opens the slow clients and keeps them until its input ends)
"""

import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import urllib3

from survey.cli.ports import free_port
from survey.config import Config

GUIDE = Path(__file__).parents[2] / "docs/guide/nginx.conf"
TRICKLE = 3.0
"""Seconds between two bytes of a slow client."""
HALF_HEAD = b"GET /s/speed/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_BODY = (
    b"POST /s/speed/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlang="
)
IDLE = b""


def installed() -> bool:
    """Whether there is an nginx to run."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") is not None


@contextmanager
def in_front_of(config: Config, folder: Path) -> Iterator[str]:
    """nginx with the guide's file, plain HTTP on a free port of loopback; its address."""
    port = free_port()
    text = GUIDE.read_text("utf-8")
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port} backlog=4096;", text)
    text = re.sub(r"^\s*ssl_.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("unix:/run/tolqyn/web.sock", f"127.0.0.1:{config.port}")
    text = text.replace("user www-data;", "")
    text = text.replace("pid /run/nginx.pid", f"pid {folder / 'nginx.pid'}")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(f"daemon off;\n{text}", "utf-8")
    command = ["/usr/sbin/nginx", "-p", f"{folder}/", "-c", "nginx.conf"]
    running = subprocess.Popen(command, stderr=(folder / "nginx.log").open("wb"))
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", running, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)


def _wait_for(address: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        with suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", address, retries=False, timeout=2).status == 200:
                return
        if running.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"nginx did not answer: {(folder / 'nginx.log').read_text()}")


@contextmanager
def slow_clients(address: str, number: int) -> Iterator[None]:
    """That many connections held open during the block, by a process of their own."""
    host, port = address.removeprefix("http://").split(":")
    command = [sys.executable, __file__, host, port, str(number)]
    holding = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holding.stdout is not None
        print(f"slow clients  {holding.stdout.readline().strip()}", flush=True)
        yield
    finally:
        said, _ = holding.communicate("\n", timeout=30)
        print(f"slow clients  {said.strip()}", flush=True)


async def hold(host: str, port: int, number: int) -> None:
    """A third sends a head, a third a body, byte by byte; a third says nothing. All come again."""
    held, again = set(), 0

    async def one(index: int) -> None:
        nonlocal again
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(host, port)
                held.add(index)
                start = (HALF_HEAD, HALF_BODY, IDLE)[index % 3]
                writer.write(start)
                while not reader.at_eof():
                    with suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(reader.read(1000), TRICKLE)
                    if start:
                        writer.write(b"x")
                writer.close()
            held.discard(index)
            again += 1
            await asyncio.sleep(0.1)

    tasks = [asyncio.create_task(one(index)) for index in range(number)]
    while len(held) < number:
        await asyncio.sleep(0.1)
    print(f"{len(held)} held", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(f"{len(held)} held at the end, {again} times hung up on and come again")
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
