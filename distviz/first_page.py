"""Finds out, without ever waiting, when the web server really answers its first page."""

import socket


class FirstPage:
    """Asks for / again and again until an answer comes."""

    def __init__(self, port: int):
        self.port = port
        self._connection: socket.socket | None = None

    def answers(self) -> bool:
        """Whether the first page has been answered with anything but a server's error; to be called repeatedly."""
        try:
            if self._connection is None:
                self._ask()
            head = self._connection.recv(1024)
        except BlockingIOError:
            return False  # asked, no answer yet
        except OSError:
            head = b""  # nobody listens yet, or the server died while it thought
        self._close()
        return head.startswith(b"HTTP/1.") and head[9:10] in (b"2", b"3", b"4")

    def _ask(self) -> None:
        self._connection = socket.create_connection(("127.0.0.1", self.port), timeout=0.2)
        self._connection.setblocking(False)
        self._connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % self.port)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
