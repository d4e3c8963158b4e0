"""How a test talks to this server: one JSON object a line, each answered by one line.

{"do": NAME, ...} is answered {"ok": VALUE}, or {"error": TEXT} when it makes no sense. The names are
those of the methods of `Commands`, their members the parameters there.
"""

import base64
import json

from errors import ScriptError


class Commands:
    def __init__(self, graph, listener):
        self.graph = graph
        self.listener = listener

    # Rules (script.py)

    async def rule(self, rule):
        """Adds a rule behind the others; answers its number."""
        return self.graph.script.add(rule)

    async def remove_rules(self, number=None):
        self.graph.script.remove(number)

    async def fitted(self, number):
        """How many requests a rule has decided; None when it was taken back."""
        rules = self.graph.script.rules
        return next((rule.fitted for rule in rules if rule.number == number), None)

    async def default_headers(self, headers):
        self.graph.script.default_headers = headers

    # Who may ask (access.py)

    async def expire_tokens(self, tokens=None):
        """Answers 190 to those (SHA-256), or to all seen so far, until others come."""
        self.graph.access.expired |= set(self.graph.ledger.tokens if tokens is None else tokens)

    async def accept_tokens(self, tokens=None):
        """Answers 190 to all but those (SHA-256); None: to none but the expired."""
        self.graph.access.only = None if tokens is None else set(tokens)

    async def require_proof(self, app_secret=None):
        self.graph.access.app_secret = app_secret

    # Connections (listener.py)

    async def refuse(self, seconds=None, drop=True):
        self.listener.refuse(seconds, drop)

    async def listen(self):
        self.listener.listen()

    async def greet(self, greeting=None):
        if greeting not in (None, "hang", "reset", "close"):
            raise ScriptError(f"greeting: {greeting!r} is neither hang, reset, close nor null")
        self.listener.greeting = greeting

    async def certificate(self, kind):
        """What connections to come are shown: right, wrong_host or wrong_ca."""
        self.listener.certificates.context(kind)
        self.listener.certificate = kind

    # Webhooks (statuses.py)

    async def webhook(self, url, app_secret, tries=1):
        """Where statuses go, and the secret that signs them."""
        self.graph.webhooks.set(url, app_secret, tries)

    async def status(self, wamid, status):
        """Posts a status of an accepted message now; answers what the receiver answered."""
        for entry in self.graph.ledger.accepted:
            if entry["wamid"] == wamid:
                return await self.graph.webhooks.post(status, entry)
        raise ScriptError(f"wamid: {wamid} was never given")

    # What there is to be found (media.py, templates.py)

    async def media(self, content, mime_type, sha256=None, url=None):
        """A file as a customer would have sent it, in base64; answers its id."""
        return self.graph.media.add(base64.b64decode(content), mime_type, sha256, url)

    async def templates(self, templates):
        self.graph.templates.all = templates

    # What was seen (ledger.py)

    async def counts(self):
        return self.graph.ledger.counts()

    async def seen(self, list, start=0):
        """The entries of `accepted`, `errors`, `webhooks` or `read_marks` from the n-th on."""
        if list == "read_marks":
            return self.graph.messages.read_marks[start:]
        if list not in ("accepted", "errors", "webhooks"):
            raise ScriptError(f"list: {list!r} is unknown")
        return getattr(self.graph.ledger, list)[start:]

    async def reach(self, count, number, seconds):
        return await self.graph.ledger.reach(count, number, seconds)

    async def clear(self):
        """Forgets what was seen; rules stay."""
        self.graph.ledger.clear()
        self.graph.messages.read_marks.clear()


class Control:
    # A file of the largest kind (100 MB) in base64.
    LONGEST_LINE = 140 << 20

    def __init__(self, graph, listener):
        self.commands = Commands(graph, listener)

    async def serve(self, reader, writer):
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self.answer(line)).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def answer(self, line):
        try:
            wanted = json.loads(line)
            command = getattr(self.commands, wanted.pop("do"))
            return {"ok": await command(**wanted)}
        except (ScriptError, AttributeError, KeyError, TypeError, ValueError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
