"""As much HTTP/1.1 as the clients of a test speak."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict
    fields: dict  # names in lower case
    body: bytes = b""
    connection: int = 0  # which connection since the start, from 1
    on_connection: int = 0  # which request of its connection, from 1

    @property
    def token(self):
        """The bearer token; None without one."""
        kind, _, token = self.fields.get("authorization", "").partition(" ")
        return token if kind == "Bearer" and token else None

    def json(self):
        """The body if it is a JSON object, else None."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


@dataclass
class Answer:
    status: int
    body: bytes
    fields: dict = field(default_factory=dict)

    @classmethod
    def of(cls, value, status=200):
        fields = {"Content-Type": "application/json; charset=UTF-8"}
        return cls(status, json.dumps(value).encode(), fields)

    @property
    def error_code(self):
        """The code of a Graph error; None for every other answer."""
        if b'"error"' not in self.body[:9]:
            return None
        return json.loads(self.body)["error"]["code"]

    def encoded(self):
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unnamed"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.fields.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


async def read_head(reader):
    """The next request without its body; raises IncompleteReadError at the end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    fields = {name.lower(): value.strip() for name, _, value in pairs}
    parts = urlsplit(target)
    return Request(method, parts.path, dict(parse_qsl(parts.query)), fields)


async def read_body(request, reader, writer):
    """Fills in the body, by length or by chunks (RFC 9112 section 6)."""
    if request.fields.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.fields.get("transfer-encoding", "").lower() == "chunked":
        chunks = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            chunks.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        request.body = b"".join(chunks)
    else:
        request.body = await reader.readexactly(int(request.fields.get("content-length", 0)))
