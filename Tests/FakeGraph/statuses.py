"""The webhooks that tell what became of an accepted message, signed as Meta signs them.

A status is {"status", "early"?, "after"?, "copies"?, "code"?}: early ones are answered by the receiver
before the send is; the others leave after the answer, one when the one before was answered and
`after` seconds (0) have passed, each `copies` (1) times; `code` is the error of a `failed` one.
"""

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlsplit

from errors import CODES

# Between two tries of a webhook that was not answered 200, in seconds.
RETRY_PAUSE = 0.2
# Meta gives a receiver some seconds; a receiver that hangs must not hang the test.
ANSWER_TIME = 20


class Webhooks:
    def __init__(self, ledger):
        self.ledger = ledger
        self.url = self.app_secret = None
        self.business_account = "102290129340398"
        self.tries = 1

    def set(self, url, app_secret, tries=1):
        self.url, self.app_secret, self.tries = urlsplit(url), app_secret, tries

    async def post_all(self, statuses):
        """Delivers pairs of a status and its message, one after the other."""
        for wanted, entry in statuses:
            await asyncio.sleep(wanted.get("after", 0))
            await self.post(wanted, entry)

    async def post(self, wanted, entry):
        """Delivers one status; answers the HTTP status of the last try, None without an answer."""
        answer = None
        for _ in range(wanted.get("copies", 1)):
            body = json.dumps(self.payload(wanted, entry)).encode()
            for attempt in range(self.tries):
                if attempt:
                    await asyncio.sleep(RETRY_PAUSE)
                answer = await self._deliver(body)
                if answer == 200:
                    break
            self.ledger.webhook(wanted["status"], entry["wamid"], answer)
            await self.ledger.tell()
        return answer

    def payload(self, wanted, entry):
        status = {
            "id": entry["wamid"], "status": wanted["status"], "timestamp": str(int(time.time())),
            "recipient_id": "".join(c for c in entry["to"] if c.isdigit())}
        if entry["callback"] is not None:
            status["biz_opaque_callback_data"] = entry["callback"]
        if wanted["status"] == "failed":
            code = wanted.get("code", 131026)
            title = CODES.get(code, ("Unknown error", 400))[0]
            status["errors"] = [{
                "code": code, "title": title, "message": title,
                "error_data": {"details": wanted.get("details", title)}}]
        metadata = {
            "display_phone_number": "15550783881", "phone_number_id": entry["phone_number_id"]}
        value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]}
        change = {"field": "messages", "value": value}
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": self.business_account, "changes": [change]}]}

    async def _deliver(self, body):
        signature = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        head = "\r\n".join([
            f"POST {self.url.path or '/'} HTTP/1.1", f"Host: {self.url.netloc}",
            "Content-Type: application/json", f"Content-Length: {len(body)}",
            f"X-Hub-Signature-256: sha256={signature}", "Connection: close", "", ""])
        writer = None
        try:
            async with asyncio.timeout(ANSWER_TIME):
                reader, writer = await asyncio.open_connection(self.url.hostname, self.url.port)
                writer.write(head.encode() + body)
                return int((await reader.readline()).split(b" ")[1])
        except (OSError, IndexError, ValueError):  # a TimeoutError is an OSError
            return None
        finally:
            if writer:
                writer.close()
