"""Who may ask: bearer tokens, those that have expired, and `appsecret_proof`."""

import hashlib
import hmac
import time

from errors import graph_error
from script import digest

# How old an `appsecret_time` may be, in seconds.
PROOF_LIFE = 300


class Access:
    def __init__(self):
        self.expired = set()  # SHA-256
        self.only = None  # SHA-256 of all that are good; None: whatever has not expired
        self.app_secret = None  # wanted in a proof once it is given

    def refusal(self, request):
        """The error for a request that may not be made; None when it may."""
        token = request.token
        if token is None:
            return graph_error(104, 401, details="An access token is required.")
        known = digest(token)
        if known in self.expired or (self.only is not None and known not in self.only):
            return graph_error(190, subcode=463, message="Error validating access token")
        if self.app_secret is not None and not self._proves(request, token):
            return graph_error(104, message="Invalid appsecret_proof provided in the API argument")
        return None

    def _proves(self, request, token):
        message, time_given = token, request.query.get("appsecret_time")
        if time_given is not None:
            if not time_given.isdigit() or abs(time.time() - int(time_given)) > PROOF_LIFE:
                return False
            message += "|" + time_given
        right = hmac.new(self.app_secret.encode(), message.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(right, request.query.get("appsecret_proof", ""))
