"""Media: upload for an id, resolve the id to a url on this server, download, delete."""

import email
import hashlib
import itertools

from errors import graph_error
from http1 import Answer


# What every id here begins with, so that one that was deleted is still known for a file's.
ID_PREFIX = "88001100"


def missing(id):
    message = f"Unsupported get request. Object with ID '{id}' does not exist"
    return graph_error(100, subcode=33, message=message, type="GraphMethodException")


class Media:
    def __init__(self, graph):
        self.graph = graph
        self.files = {}  # id -> {"content", "mime_type", "sha256", "url"}
        self.ids = itertools.count(22_003_300)

    def add(self, content, mime_type, sha256=None, url=None):
        """Keeps a file; a `sha256` or `url` that is not its own is told all the same."""
        id = f"{ID_PREFIX}{next(self.ids)}"
        self.files[id] = {
            "content": content, "mime_type": mime_type,
            "sha256": sha256 or hashlib.sha256(content).hexdigest(),
            "url": url or f"{self.graph.base_url()}/media-files/{id}"}
        return id

    async def upload(self, turn, outcome):
        head = f"Content-Type: {turn.request.fields.get('content-type', '')}\r\n\r\n".encode()
        form = email.message_from_bytes(head + turn.request.body)
        if not form.is_multipart():
            return graph_error(100, details="The body is no multipart/form-data.")
        parts = {
            part.get_param("name", header="content-disposition"): part
            for part in form.get_payload()}
        product = parts.get("messaging_product")
        if product is None or product.get_payload(decode=True).strip() != b"whatsapp":
            return graph_error(100, details="messaging_product must be whatsapp.")
        if "file" not in parts:
            return graph_error(100, details="file is required.")
        file = parts["file"]
        id = self.add(file.get_payload(decode=True), file.get_content_type())
        return Answer.of({"id": id})

    async def resolve(self, turn, outcome):
        id = turn.parts[0]
        file = self.files.get(id)
        if file is None:
            return missing(id)
        return Answer.of({
            "messaging_product": "whatsapp", "url": file["url"], "mime_type": file["mime_type"],
            "sha256": file["sha256"], "file_size": str(len(file["content"])), "id": id})

    async def download(self, turn, outcome):
        file = self.files.get(turn.parts[1])
        if file is None:
            return Answer(404, b"Not Found", {"Content-Type": "text/plain"})
        return Answer(200, file["content"], {"Content-Type": file["mime_type"]})

    async def delete(self, turn, outcome):
        if self.files.pop(turn.parts[0], None) is None:
            return missing(turn.parts[0])
        return Answer.of({"success": True})
