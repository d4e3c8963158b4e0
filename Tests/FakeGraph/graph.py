"""The API: which request is whose, who may ask, and what a rule makes of it."""

import asyncio
import re

from access import Access
from errors import graph_error
from http1 import Answer
from ledger import Ledger
from media import ID_PREFIX, Media
from messages import Messages
from script import Script, digest
from statuses import Webhooks
from templates import Templates

VERSION = re.compile(r"v\d+\.\d+")


class Graph:
    def __init__(self):
        self.base_url = lambda: ""  # known once there is a port
        self.ledger = Ledger()
        self.script = Script()
        self.access = Access()
        self.webhooks = Webhooks(self.ledger)
        self.messages = Messages(self)
        self.media = Media(self)
        self.templates = Templates()
        self.tasks = set()

    def begin(self, request):
        return Turn(self, request)

    def endpoint(self, method, parts):
        """The name that a rule knows it by, and what answers it."""
        match method, parts:
            case "POST", [_, "messages"]:
                return "messages", self.messages.post
            case "POST", [_, "media"]:
                return "upload", self.media.upload
            case "GET", ["media-files", _]:
                return "download", self.media.download
            case "GET", [_, "message_templates"]:
                return "templates", self.templates.list
            case "GET", [id] if id.startswith(ID_PREFIX):
                return "media", self.media.resolve
            case "DELETE", [id] if id.startswith(ID_PREFIX):
                return "media", self.media.delete
            case "GET", [_]:
                return "number", number
            case _:
                return "unknown", unknown

    def run(self, work):
        """Lets work go on beside the requests."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Turn:
    """One request on its way to one answer."""

    def __init__(self, graph, request):
        self.graph = graph
        self.request = request
        parts = request.path.strip("/").split("/")
        self.version = parts.pop(0) if VERSION.fullmatch(parts[0]) else None
        self.parts = parts
        self.endpoint, self.handler = graph.endpoint(request.method, parts)
        token = request.token
        self.order = graph.ledger.arrived(self.endpoint, digest(token) if token else None)
        self.rule = graph.script.find(self, unread=True)
        self.reads_body = self.rule is None
        self.delivery = self.rule.delivery if self.rule else {"kind": "whole"}
        self.answer = Answer(200, b"")
        self.statuses = []  # (status, the accepted message), for after the answer

    async def decide(self):
        """Finds out what to answer, and counts it."""
        graph = self.graph
        if self.rule is None:
            self.rule = graph.script.find(self, unread=False)
        if self.rule:
            self.delivery = self.rule.delivery
        outcome = self.rule.outcome if self.rule else {"kind": "accept"}
        match outcome["kind"]:
            case "accept":
                self.answer = graph.access.refusal(self.request) or await self.handler(self, outcome)
            case "error":
                given = {name: value for name, value in outcome.items() if name != "kind"}
                self.answer = graph_error(**given)
            case "raw":
                fields = {"Content-Type": "text/html"}
                self.answer = Answer(outcome["status"], outcome.get("body", "").encode(), fields)
        self.answer.fields.update(graph.script.default_headers)
        if self.rule:
            self.answer.fields.update(self.rule.headers)
        error = self.answer.error_code
        if error is not None and outcome["kind"] != "nothing":
            graph.ledger.refused(self, error)
        await graph.ledger.tell()

    def delivered(self):
        """Nothing more of the answer will leave for now: time for what comes after it."""
        if self.statuses:
            self.graph.run(self.graph.webhooks.post_all(self.statuses))
        self.statuses = []


async def number(turn, outcome):
    """What a phone number says of itself; for any id, since a test may use any."""
    return Answer.of({
        "id": turn.parts[0], "display_phone_number": "+1 555-078-3881",
        "verified_name": "Fake Graph", "quality_rating": "GREEN", "status": "CONNECTED"})


async def unknown(turn, outcome):
    message = f"Unsupported {turn.request.method.lower()} request."
    return graph_error(100, subcode=33, message=message, type="GraphMethodException")
