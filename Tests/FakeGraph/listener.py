"""The port: taking connections, with or without TLS, and not taking them for a while."""

import asyncio
import contextlib
import socket

from delivery import deliver, reset_at_close
from http1 import read_body, read_head

# Longer than a head or a buffer of a client's; more is left in the kernel until it is read.
READ_AHEAD = 256 << 10


class Reader(asyncio.StreamReader):
    """A reader that also says when the client has gone, without reading on."""

    def __init__(self):
        super().__init__(limit=READ_AHEAD)
        self.gone = asyncio.Event()

    def feed_eof(self):
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc):
        super().set_exception(exc)
        self.gone.set()


class Listener:
    """One port that stays the same however often it is closed and opened again."""

    def __init__(self, graph, certificates):
        self.graph = graph
        self.certificates = certificates
        self.certificate = "right"
        # What happens to connections before anything is read: hang, reset or close; None: served.
        self.greeting = None
        self.port = 0
        self.sock = self.accepting = self.reopening = None
        self.open_sockets = set()
        self.tasks = set()
        self.listen()

    @property
    def base_url(self):
        return f"{'https' if self.certificates else 'http'}://127.0.0.1:{self.port}"

    def listen(self):
        if self.reopening:
            self.reopening.cancel()
            self.reopening = None
        if self.sock:
            return
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("127.0.0.1", self.port))
        self.sock.listen(4096)
        self.sock.setblocking(False)
        self.port = self.sock.getsockname()[1]
        self.accepting = asyncio.get_running_loop().create_task(self._accept(self.sock))

    def refuse(self, seconds=None, drop=True):
        """Connections are refused from now on, for so long or until `listen`.

        `drop` also ends the connections that are open.
        """
        if self.sock:
            # The number of the socket may be another's before the task learns that it is cancelled.
            asyncio.get_running_loop().remove_reader(self.sock)
            self.accepting.cancel()
            self.sock.close()
            self.sock = None
        if drop:
            for sock in list(self.open_sockets):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        if self.reopening:
            self.reopening.cancel()
        loop = asyncio.get_running_loop()
        self.reopening = loop.call_later(seconds, self.listen) if seconds else None

    async def _accept(self, listening):
        loop = asyncio.get_running_loop()
        while True:
            sock, _ = await loop.sock_accept(listening)
            task = loop.create_task(self._take(sock))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _take(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.graph.ledger.connections += 1
        number = self.graph.ledger.connections
        self.open_sockets.add(sock)
        writer = None
        try:
            if self.greeting == "hang":
                await asyncio.get_running_loop().create_future()
            if self.greeting == "reset":
                reset_at_close(sock)
            if self.greeting in ("reset", "close"):
                return
            reader, writer = await self._open(sock)
            await self._serve(reader, writer, number)
        except (OSError, EOFError, ValueError):
            pass  # a client that left, spoke no TLS or no HTTP: its own affair
        finally:
            self.open_sockets.discard(sock)
            if writer:
                writer.close()
            else:
                sock.close()

    async def _open(self, sock):
        loop = asyncio.get_running_loop()
        context = self.certificates.context(self.certificate) if self.certificates else None
        reader = Reader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock, ssl=context)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _serve(self, reader, writer, number):
        """One request after the other, until one of them costs the connection."""
        count = 0
        stays = True
        while stays:
            request = await read_head(reader)
            count += 1
            request.connection, request.on_connection = number, count
            turn = self.graph.begin(request)
            if turn.reads_body:
                await read_body(request, reader, writer)
            await turn.decide()
            stays = await deliver(turn, reader, writer)
            stays = stays and request.fields.get("connection", "").lower() != "close"
