"""What happens to which request: a list of rules, the first that fits decides.

A rule is {"when"?, "times"?, "seconds"?, "outcome"?, "delivery"?, "headers"?}:

when      endpoint (default "messages", "any" for all), order (the n-th request of its endpoint since
          the start or the last clear, from 1), to, callback, callback_prefix, on_connection (the
          n-th request of its connection), token (SHA-256); all that are given must fit
times     it fits that often, then no more; seconds: until so long after it was given
outcome   what Graph makes of the request:
            accept   what the endpoint does; for messages also message_status, wa_id, statuses
            error    code, status, details, subcode, is_transient, message
            raw      status, body: whatever stands before Graph answers
            nothing  the request is lost; needs a delivery that answers nothing
delivery  how the answer leaves (delivery.py). Apart from the outcome: an accepted message whose
          answer never leaves was accepted all the same
headers   added to the answer, over those of `default_headers`
"""

import hashlib
import time

import delivery as deliveries
from errors import ScriptError

OUTCOMES = {"accept", "error", "raw", "nothing"}
CONDITIONS = {
    "endpoint", "order", "to", "callback", "callback_prefix", "on_connection", "token",
}
IN_BODY = {"to", "callback", "callback_prefix"}
MEMBERS = {"when", "times", "seconds", "outcome", "delivery", "headers"}
SILENT = {"hang", "close", "reset", "unread_hang"}


def digest(token):
    """How a token is spoken of: it never leaves this process."""
    return hashlib.sha256(token.encode()).hexdigest()


class Rule:
    def __init__(self, number, wanted):
        _known("rule", wanted, MEMBERS)
        self.number = number
        self.when = wanted.get("when", {})
        _known("when", self.when, CONDITIONS)
        self.left = wanted.get("times")
        seconds = wanted.get("seconds")
        self.until = None if seconds is None else time.monotonic() + seconds
        self.outcome = {"kind": "accept", **wanted.get("outcome", {})}
        self.delivery = deliveries.checked(wanted.get("delivery", {}))
        self.headers = wanted.get("headers", {})
        self.fitted = 0
        self._check()

    def _check(self):
        outcome, kind = self.outcome["kind"], self.delivery["kind"]
        if outcome not in OUTCOMES:
            raise ScriptError(f"outcome.kind: {outcome!r} is none of {sorted(OUTCOMES)}")
        if outcome == "error" and not isinstance(self.outcome.get("code"), int):
            raise ScriptError("outcome.code: an error needs one")
        if outcome == "nothing" and (kind not in SILENT or "seconds" in self.delivery):
            raise ScriptError(f"outcome nothing: {kind} would need something to answer")
        if self.is_unread:
            if found := IN_BODY & self.when.keys():
                raise ScriptError(f"{kind}: {found} is in the body, which {kind} does not read")
            if outcome == "accept":
                raise ScriptError(f"{kind}: what was not read cannot be accepted")

    @property
    def is_unread(self):
        return self.delivery["kind"] in deliveries.UNREAD

    def fits(self, turn):
        if self.left == 0 or (self.until is not None and time.monotonic() >= self.until):
            return False
        when, request = self.when, turn.request
        endpoint = when.get("endpoint", "messages")
        if endpoint not in ("any", turn.endpoint):
            return False
        found = {"order": turn.order, "on_connection": request.on_connection}
        if "token" in when:
            found["token"] = digest(request.token or "")
        if IN_BODY & when.keys():
            body = request.json() or {}
            found["to"] = body.get("to") or body.get("recipient")
            found["callback"] = body.get("biz_opaque_callback_data")
            prefix = when.get("callback_prefix")
            if prefix is not None and not str(found["callback"] or "").startswith(prefix):
                return False
        return all(found[name] == when[name] for name in found if name in when)

    def take(self):
        self.fitted += 1
        if self.left is not None:
            self.left -= 1


class Script:
    """The rules in the order in which they came."""

    def __init__(self):
        self.rules = []
        self.last = 0
        self.default_headers = {}

    def add(self, wanted):
        self.last += 1
        self.rules.append(Rule(self.last, wanted))
        return self.last

    def remove(self, number=None):
        """Takes one rule back, or all."""
        self.rules = [rule for rule in self.rules if number not in (None, rule.number)]

    def find(self, turn, unread):
        """The first rule that fits, of those that leave the body unread or of the others.

        Those that leave it unread are looked at first, for afterwards it is too late.
        """
        for rule in self.rules:
            if rule.is_unread == unread and rule.fits(turn):
                rule.take()
                return rule
        return None


def _known(where, given, names):
    if unknown := given.keys() - names:
        raise ScriptError(f"{where}: {sorted(unknown)} is unknown; known: {sorted(names)}")
