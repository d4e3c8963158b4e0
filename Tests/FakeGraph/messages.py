"""POST /{phone_number_id}/messages: takes what has the shape of a message, and counts it."""

import base64
import re
import secrets

from errors import graph_error
from http1 import Answer

# A business-scoped user id: country, dot, digits, in place of a phone number.
USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+")


def new_wamid():
    return "wamid." + base64.b64encode(secrets.token_bytes(24)).decode()


class Messages:
    def __init__(self, graph):
        self.graph = graph
        self.read_marks = []

    async def post(self, turn, outcome):
        body = turn.request.json()
        if body is None:
            return graph_error(100, details="The body is no JSON object.")
        if body.get("messaging_product") != "whatsapp":
            return graph_error(100, details="messaging_product must be whatsapp.")
        if body.get("status") == "read":
            self.read_marks.append({**body, "phone_number_id": turn.parts[0]})
            return Answer.of({"success": True})
        to = body.get("to") or body.get("recipient")
        if not isinstance(to, str):
            return graph_error(131008, details="to or recipient is required.")
        kind = body.get("type")
        if not isinstance(body.get(kind), dict):
            return graph_error(131008, details=f"type {kind!r} needs an object of that name.")

        entry = self.graph.ledger.accept(turn, new_wamid(), to, body)
        await self.graph.ledger.tell()
        for wanted in outcome.get("statuses", []):
            if wanted.get("early"):
                await self.graph.webhooks.post(wanted, entry)
            else:
                turn.statuses.append((wanted, entry))
        message = {"id": entry["wamid"]}
        if "message_status" in outcome:
            message["message_status"] = outcome["message_status"]
        elif kind == "template":
            message["message_status"] = "accepted"
        return Answer.of({
            "messaging_product": "whatsapp", "contacts": [contact(to, outcome.get("wa_id"))],
            "messages": [message]})


def contact(to, wa_id):
    if USER_ID.fullmatch(to):
        return {"input": to, "user_id": to}
    return {"input": to, "wa_id": wa_id or re.sub(r"\D", "", to)}
