"""Ports and sockets of this machine: one that is free, or a refusal for one that is not."""

import socket
from pathlib import Path

from survey.refusal import Reason, Refused


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refuse_taken_port(host: str, port: int, *, hint: str) -> None:
    """Raises Refused when something listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(Reason("a free port", f"port {port} in use", hint, path="--port")) from error


def refuse_taken_socket(path: str) -> None:
    """Raises Refused when a server listens there, or something else lies there; one left behind is none."""
    file = Path(path)
    if not file.parent.is_dir():
        hint = f"mkdir -m 750 {file.parent}   (systemd: RuntimeDirectory=tolqyn)"
        raise Refused(Reason("a folder for the socket", "none", hint, path=str(file.parent)))
    if not file.exists():
        return
    hint = "stop the server that uses it, or name another"
    if not file.is_socket():
        raise Refused(Reason("a socket", "something else", hint, path=path))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return
        except OSError as error:
            raise Refused(Reason("a socket of this user", str(error), hint, path=path)) from error
    raise Refused(Reason("a free socket", "one on which a server listens", hint, path=path))
