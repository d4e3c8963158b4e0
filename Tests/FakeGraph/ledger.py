"""What was seen: the counts that a test compares with what it sent."""

import asyncio
import time
from collections import Counter


def now():
    """Milliseconds of CLOCK_BOOTTIME, the clock that Swift's ContinuousClock reads."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Ledger:
    def __init__(self):
        self.connections = 0
        self.clear()

    def clear(self):
        """Forgets everything but the number of connections, which names them."""
        self.requests = 0
        self.orders = Counter()  # endpoint -> requests
        self.accepted = []  # in order
        self.errors = []  # in order
        self.webhooks = []  # in the order in which they were answered
        self.by_callback = Counter()
        self.by_recipient = Counter()
        self.tokens = {}  # SHA-256 -> requests, in the order in which they were first seen
        self.changed = asyncio.Condition()

    def arrived(self, endpoint, token_digest):
        """Counts a request; answers which of its endpoint it is."""
        self.requests += 1
        self.orders[endpoint] += 1
        if token_digest:
            self.tokens[token_digest] = self.tokens.get(token_digest, 0) + 1
        return self.orders[endpoint]

    def accept(self, turn, wamid, to, body):
        callback = body.get("biz_opaque_callback_data")
        self.by_recipient[to] += 1
        if callback is not None:
            self.by_callback[callback] += 1
        entry = {
            "at": now(), "wamid": wamid, "to": to, "callback": callback,
            "phone_number_id": turn.parts[0], "version": turn.version, "body": body,
            "connection": turn.request.connection}
        self.accepted.append(entry)
        return entry

    def refused(self, turn, code):
        body = turn.request.json() or {}
        self.errors.append({
            "at": now(), "endpoint": turn.endpoint, "code": code,
            "to": body.get("to") or body.get("recipient"),
            "callback": body.get("biz_opaque_callback_data")})

    def webhook(self, status, wamid, answer):
        self.webhooks.append({"at": now(), "status": status, "wamid": wamid, "answer": answer})

    def counts(self):
        return {
            "requests": self.requests, "connections": self.connections,
            "accepted": len(self.accepted), "errors": len(self.errors),
            "webhooks": len(self.webhooks), "endpoints": dict(self.orders),
            "by_callback": dict(self.by_callback), "by_recipient": dict(self.by_recipient),
            "tokens": self.tokens}

    async def tell(self):
        async with self.changed:
            self.changed.notify_all()

    async def reach(self, count, number, seconds):
        """Returns once a count is at least `number`; whether it was in time."""
        def reached():
            return self.counts()[count] >= number

        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(reached), seconds)
            except asyncio.TimeoutError:
                return False
        return True
