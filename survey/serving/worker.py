"""gunicorn's worker class: connections in, the application's answers out; no thread hands work to another.

Every thread waits for whichever connection has something (epoll, one event each), goes on with that one until
it would have to wait for the client, and leaves it to all threads again. Only the application takes a thread.
"""

import errno
import os
import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.workers.base import Worker

from survey.serving.connection import Answer, Connection, LengthRequiredError

TICK = 1.0
"""Seconds between two looks at what has become too old."""
TO_SEND_A_REQUEST = 15.0
"""Seconds from its first byte, as in the guide's nginx.conf."""
TO_TAKE_AN_ANSWER = 30.0
TO_CLOSE = 2.0
"""Seconds for a client to see that its line ends, before the rest of what it sends is refused."""
READ = select.EPOLLIN | select.EPOLLONESHOT
WRITE = select.EPOLLOUT | select.EPOLLONESHOT
"""Each tells one thread, once."""


class PollingWorker(Worker):
    """`--worker-class survey.serving.worker.PollingWorker`, with `--threads`."""

    def init_process(self) -> None:
        """In the new process, before the application is loaded."""
        self._poll = select.epoll()
        self._stop = os.eventfd(0)
        self._poll.register(self._stop, select.EPOLLIN)
        self._waiting: dict[int, Connection] = {}
        """By descriptor. Whoever takes one out owns it: that is one step, whatever thread does it."""
        self._open = 0
        self._count = threading.Lock()
        self._listening = False
        super().init_process()

    def run(self) -> None:
        """Serve until told to end, then answer what has begun."""
        self._listeners = {listener.fileno(): listener for listener in self.sockets}
        for listener in self.sockets:
            listener.setblocking(False)
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self.cfg.threads)]
        for thread in threads:
            thread.start()
        while self.alive and self.ppid == os.getppid():
            self._tick()
        self.alive: bool = False
        self._listen(on=False)
        self._drain()
        os.eventfd_write(self._stop, 1)
        for thread in threads:
            thread.join(0.1)

    def _tick(self) -> None:
        self.notify()
        self._listen(on=self._open < self.cfg.worker_connections)
        self._close_old(time.monotonic())
        select.select([self.PIPE[0]], [], [], TICK)
        with suppress(BlockingIOError):
            os.read(self.PIPE[0], 4096)

    def _drain(self) -> None:
        """Until nobody waits for an answer; who keeps a line open may send one more request for a moment."""
        end = time.monotonic() + self.cfg.graceful_timeout
        soon = time.monotonic() + TO_CLOSE
        while self._open and time.monotonic() < end:
            self.notify()
            for connection in list(self._waiting.values()):
                connection.until = min(connection.until, soon if not connection.begun else end)
            self._close_old(time.monotonic())
            time.sleep(0.02)

    def _listen(self, *, on: bool) -> None:
        """Take new connections, or leave them to the other processes."""
        if on == self._listening:
            return
        self._listening = on
        for descriptor in self._listeners:
            if on:
                self._poll.register(descriptor, READ)
            else:
                self._poll.unregister(descriptor)

    def _close_old(self, now: float) -> None:
        for descriptor, connection in list(self._waiting.items()):
            if connection.until < now and self._waiting.pop(descriptor, None) is not None:
                self._close(connection)

    def _serve(self) -> None:
        """One thread's life."""
        while True:
            for descriptor, _ in self._poll.poll(None, 1):
                if descriptor == self._stop:
                    return
                if descriptor in self._listeners:
                    self._accept(self._listeners[descriptor])
                elif (connection := self._waiting.pop(descriptor, None)) is not None:
                    self._go_on(connection)

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, peer = listener.accept()
        except OSError as error:
            client = None
            if error.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(TICK / 10)  # another process may have room
        with suppress(OSError):  # it may just have been taken out
            self._poll.modify(listener.fileno(), READ)
        if client is None:
            return
        with self._count:
            self._open += 1
        self._go_on(Connection(client, peer, listener.getsockname()), new=True)

    def _go_on(self, connection: Connection, *, new: bool = False) -> None:
        """As far as it goes without waiting."""
        try:
            if connection.unsent:
                connection.send()
            elif not connection.receive():
                return self._close(connection)
            while not connection.unsent and not connection.closing:
                request = connection.request(self.cfg)
                if request is None:
                    break
                self._answer(connection, request)
        except OSError:
            return self._close(connection)
        except (ParseException, LengthRequiredError) as error:
            self._refuse(connection, error)
        except Exception as error:
            # Whatever it says may hold who sent it and what.
            self.log.error("a request failed: %s", type(error).__name__)
            self._refuse(connection, error)
        return self._leave(connection, new)

    def _answer(self, connection: Connection, request: Request) -> None:
        """Run the application and send what it says."""
        answer = Answer()
        response, environ = wsgi.create(request, answer, connection.peer, connection.server, self.cfg)
        environ["wsgi.multithread"] = True
        if not self.alive:
            response.force_close()
        body = self.wsgi(environ, response.start_response)
        try:
            for part in body:
                response.write(part)
            response.close()
        finally:
            if hasattr(body, "close"):
                body.close()
        connection.closing = response.should_close()
        connection.send(answer.whole())

    def _refuse(self, connection: Connection, error: Exception) -> None:
        """What is no request, or failed. Not logged: it holds who sent it."""
        answer: Any = Answer()
        if isinstance(error, LengthRequiredError):
            util.write_error(answer, 411, "Length Required", "")
        elif isinstance(error, ParseException):
            self.handle_error(None, answer, connection.peer, error)
        else:
            util.write_error(answer, 500, "Internal Server Error", "")
        connection.closing = True
        with suppress(OSError):
            connection.send(answer.whole())

    def _leave(self, connection: Connection, new: bool) -> None:
        """To whichever thread comes next when the client does something."""
        now = time.monotonic()
        if connection.unsent:
            connection.until = now + TO_TAKE_AN_ANSWER
        elif connection.closing:
            if not connection.ended:
                connection.until = now + TO_CLOSE
                connection.end()
        elif not connection.begun:
            connection.until, connection.asking = now + self.cfg.keepalive, False
        elif not connection.asking:
            connection.until, connection.asking = now + TO_SEND_A_REQUEST, True
        descriptor = connection.socket.fileno()
        self._waiting[descriptor] = connection
        change = self._poll.register if new else self._poll.modify
        with suppress(OSError):  # it may just have become too old
            change(descriptor, WRITE if connection.unsent else READ)

    def _close(self, connection: Connection) -> None:
        with suppress(OSError):
            connection.socket.close()
        with self._count:
            self._open -= 1
