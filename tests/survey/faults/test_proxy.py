"""The guide's own nginx.conf, started on the loopback before a real server and probed as strangers would.

What it asks to be changed is changed, name and certificate, and the places on which it and the server listen.
"""

import os
import re
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.place import found
from harness.server import Server, free_port, members
from harness.wants import lacking

NAME = "opinion.example.org"
CANARY = "kanareika7"


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    port: int
    folder: Path
    behind: Server

    def line(self, version: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
        """A TLS connection to it."""
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), 20), server_hostname=NAME
        )

    def ask(self, sent: bytes) -> tuple[int, dict[str, list[str]], bytes]:
        """Status, headers and body of one answer."""
        with self.line() as line:
            line.sendall(sent)
            answer = b""
            while piece := line.recv(65536):
                answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, list[str]] = {}
        for each in lines:
            name, _, value = each.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        return int(first.split()[1]), headers, body

    def get(self, path: str, method: str = "GET", more: str = "") -> tuple[int, dict[str, list[str]], bytes]:
        """One page."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{more}\r\n"
        return self.ask(head.encode())


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Proxy]:
    import shutil

    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        lacking("nginx is not installed: .ci/system-packages test")
    folder = tmp_path_factory.mktemp("proxy")
    asked = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    kept = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    made_by = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *asked, *kept]
    subprocess.run(made_by, check=True, capture_output=True)
    place = found(folder / "home", f"sqlite:///{folder}/home/tolqyn.sqlite", free_port())
    settings = {
        "TOLQYN_PUBLIC_URL": f"https://{NAME}",
        "TOLQYN_TRUSTED_PROXIES": "1",
        "TOLQYN_FACES": "public",
        "TOLQYN_SOCKET": str(folder / "web.sock"),
    }
    behind = Server(place, extra=settings)
    behind.start()
    port = free_port()
    text = (repository / "docs" / "guide" / "nginx.conf").read_text()
    for written, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/opinion.example.org.pem": str(folder / "cert.pem"),
        "/etc/ssl/opinion.example.org.key": str(folder / "key.pem"),
        "unix:/run/tolqyn/web.sock": f"unix:{folder / 'web.sock'}",
        "worker_processes auto": "worker_processes 1",
        "user www-data;": f"user {_me()};" if _me() == "root" else "",
        "pid /run/nginx.pid": f"pid {folder / 'nginx.pid'}",
    }.items():
        assert text.count(written) == 1, written
        text = text.replace(written, here)
    (folder / "nginx.conf").write_text(text)
    # Bodies that nginx keeps go to a folder of the test's, as /var/lib/nginx on a server.
    command = [program, "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "nginx.out").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    made = Proxy(port, folder, behind)
    try:
        _until_it_answers(made, process)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        behind.stop()


def _me() -> str:
    import getpass

    return getpass.getuser()


def _until_it_answers(proxy: Proxy, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while True:
        try:
            proxy.line().close()
        except OSError:
            assert process.poll() is None, (proxy.folder / "nginx.out").read_text()
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return


def test_only_tls_1_3_is_spoken(nginx: Proxy) -> None:
    with nginx.line() as line:
        assert line.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        nginx.line(ssl.TLSVersion.TLSv1_2)


def test_plain_http_gets_no_page(nginx: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", nginx.port), 20) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = line.recv(65536)
    assert answer.split()[1] == b"400"
    assert b"Set-Cookie" not in answer


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/s/opinion/", 200), ("/nowhere", 404), ("/healthz", 200)]
)
def test_every_answer_carries_its_headers_once_and_no_version(nginx: Proxy, path: str, status: int) -> None:
    found_, headers, _ = nginx.get(path)
    assert found_ == status
    assert headers["strict-transport-security"] == ["max-age=31536000; includeSubDomains"]
    (policy,) = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert headers["x-content-type-options"] == ["nosniff"]
    for name in ("server", "x-powered-by", "via"):
        assert not any(re.search(r"\d", value) for value in headers.get(name, [])), headers


def test_no_console_stands_on_the_public_host(nginx: Proxy) -> None:
    for path in ("/console/", "/console/login", "/console/style.css"):
        assert nginx.get(path)[0] == 404


def test_another_host_s_name_opens_nothing(nginx: Proxy) -> None:
    for host in ("elsewhere.example", "127.0.0.1.example"):
        sent = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        assert nginx.ask(sent)[0] == 400


def test_between_proxy_and_server_there_is_no_line_that_others_could_listen_to(nginx: Proxy) -> None:
    """The server has no port at all: its one listening socket is a file, in a folder with rights."""
    assert nginx.get("/s/opinion/")[0] == 200
    assert nginx.behind.process is not None
    pids = {nginx.behind.process.pid, *members(nginx.behind.process.pid)}
    held = {
        link.readlink().name.removeprefix("socket:[").removesuffix("]")
        for pid in pids
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.readlink().name.startswith("socket:")
    }
    listening = {
        inode
        for table in ("tcp", "tcp6", "udp", "udp6")
        for inode in (line.split()[9] for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:])
    }
    assert held
    assert not held & listening
    assert stat.S_ISSOCK((nginx.folder / "web.sock").stat().st_mode)


def test_the_server_needs_no_network(tmp_path: Path) -> None:
    """As the unit starts it (PrivateNetwork): in a network with no other machine, nor this one."""
    alone = ["unshare", "--net", "--fork", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        lacking("no network of its own can be made here (unshare --net)")
    place = found(tmp_path / "home", f"sqlite:///{tmp_path}/home/tolqyn.sqlite", free_port())
    settings = {
        "TOLQYN_PUBLIC_URL": f"https://{NAME}",
        "TOLQYN_TRUSTED_PROXIES": "1",
        "TOLQYN_SOCKET": str(tmp_path / "web.sock"),
    }
    server = Server(place, under=alone, extra=settings)
    server.start()
    try:
        assert server.status("/s/opinion/") == 200
        assert server.status("/nowhere") == 404
    finally:
        server.stop()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE"])
def test_methods_nobody_needs_are_refused(nginx: Proxy, method: str) -> None:
    assert nginx.get("/", method)[0] in (400, 404, 405)


def test_bodies_and_heads_have_a_size(nginx: Proxy) -> None:
    assert nginx.get("/s/opinion/start", "POST", "Content-Length: 70000\r\n")[0] == 413
    assert nginx.get("/" + "x" * 20_000)[0] == 414
    assert nginx.get("/", more=f"X-A: {'x' * 40_000}\r\n")[0] == 400


def test_slow_clients_wait_at_the_proxy_and_stop_nobody(nginx: Proxy) -> None:
    """Two hundred heads without end: an honest visitor is answered beside them, and they are cut off."""
    slow = [nginx.line() for _ in range(200)]
    for line in slow:
        line.sendall(f"GET /s/opinion/ HTTP/1.1\r\nHost: {NAME}\r\nX-A".encode())
    begun = time.monotonic()
    assert nginx.get("/s/opinion/")[0] == 200
    assert time.monotonic() - begun < 5
    slow[0].settimeout(40)
    assert slow[0].recv(100) in (b"", b"HTTP/1.1 408 Request Time-out")
    assert time.monotonic() - begun < 40
    for line in slow:
        line.close()


def test_a_visit_leaves_no_address_and_no_word_anywhere(nginx: Proxy) -> None:
    nginx.get(
        f"/s/opinion/?x={CANARY}", more=f"User-Agent: {CANARY}\r\nReferer: https://{CANARY}.example/\r\n"
    )
    nginx.get(f"/{CANARY}")
    with socket.create_connection(("127.0.0.1", nginx.port), 20) as line:
        line.sendall(f"{CANARY}\r\n\r\n".encode())
        line.recv(1000)
    written = [path for path in nginx.folder.rglob("*") if path.is_file() and path.name != "nginx.conf"]
    assert written
    for path in written:
        content = path.read_bytes()
        assert CANARY.encode() not in content, path
        assert b"127.0.0.1 -" not in content, path
    assert not [path for path in written if "access" in path.name]


def test_a_page_is_compressed_on_the_way_and_kept_by_nobody(nginx: Proxy) -> None:
    _, headers, _ = nginx.get("/s/opinion/", more="Accept-Encoding: gzip\r\n")
    assert headers["content-encoding"] == ["gzip"]
    assert headers["cache-control"] == ["no-store"]


def test_a_proxy_that_logs_and_names_itself_would_be_caught(nginx: Proxy, repository: Path) -> None:
    """What is looked for above is in nobody's defaults: the file switches each off by a line of its own."""
    text = (repository / "docs" / "guide" / "nginx.conf").read_text()
    for line in (
        "access_log off;",
        "server_tokens off;",
        "ssl_protocols TLSv1.3;",
        "client_max_body_size 64k;",
    ):
        assert text.count(line) == 1
