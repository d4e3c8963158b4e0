"""Graph's errors: the envelope of every one, and title and HTTP status of those Meta lists.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes; the statuses are those of
the page of Dec 2025, 400 where it has none. A test may give any status to any code.
"""

import secrets

from http1 import Answer


class ScriptError(Exception):
    """What a test asked for makes no sense; the text says what and what would."""


# code: (title, HTTP status)
CODES = {
    0: ("AuthException", 401),
    1: ("API Unknown", 400),
    2: ("API Service", 503),
    3: ("API Method", 500),
    4: ("API Too Many Calls", 400),
    10: ("Permission Denied", 403),
    17: ("User request limit reached", 400),
    32: ("Page request limit reached", 400),
    33: ("Parameter value is not valid", 400),
    100: ("Invalid parameter", 400),
    104: ("Incorrect signature", 400),
    190: ("Access token has expired", 401),
    200: ("API Permission", 403),
    368: ("Temporarily blocked for policies violations", 403),
    613: ("Calls to this api have exceeded the rate limit", 400),
    80007: ("Rate limit issues", 400),
    80008: ("Too many management calls", 400),
    130403: ("User is blocked by the business", 400),
    130429: ("Rate limit hit", 400),
    130472: ("User's number is part of an experiment", 400),
    130497: ("Business account is restricted from messaging users in this country", 403),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131014: ("Request for url failed", 400),
    131016: ("Service unavailable", 500),
    131020: ("Group unknown", 400),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Account has been locked", 403),
    131037: ("Display name approval is needed", 400),
    131041: ("Group unknown", 400),
    131042: ("Business eligibility payment issue", 400),
    131044: ("No valid payment method", 400),
    131045: ("Incorrect certificate", 500),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131049: ("Not delivered to maintain healthy ecosystem engagement", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131055: ("Method not allowed", 400),
    131056: ("Pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    131059: ("Invalid cursor", 400),
    131060: ("Message unavailable", 400),
    131062: ("Recipient id is not supported for this message", 400),
    131063: ("Marketing templates are disabled", 400),
    131064: ("Account limited for template classification", 400),
    131201: ("Partial success", 206),
    131207: ("Group suspended", 403),
    131208: ("Group operations limit", 429),
    132000: ("Template param count mismatch", 400),
    132001: ("Template does not exist", 404),
    132005: ("Template hydrated text too long", 400),
    132007: ("Template format character policy violated", 400),
    132008: ("Template parameter value is not valid", 400),
    132012: ("Template parameter format mismatch", 400),
    132015: ("Template is paused", 400),
    132016: ("Template is disabled", 400),
    132018: ("Template parameters are not valid", 400),
    132068: ("Flow is blocked", 400),
    132069: ("Flow is throttled", 400),
    133000: ("Incomplete deregistration", 500),
    133004: ("Server temporarily unavailable", 503),
    133005: ("Two step verification pin mismatch", 400),
    133006: ("Phone number re-verification needed", 400),
    133008: ("Too many two step verification pin guesses", 400),
    133009: ("Two step verification pin guessed too fast", 400),
    133010: ("Phone number not registered", 400),
    133015: ("Please wait a few minutes before attempting to register", 400),
    133016: ("Account register deregister rate limit exceeded", 400),
    134011: ("Payments terms not accepted", 400),
    134100: ("Only marketing messages supported", 400),
    134101: ("Template is still syncing", 400),
    134102: ("Template unavailable", 500),
    135000: ("Generic user error", 400),
    137000: ("Identity key hash mismatch", 400),
    2494100: ("Number in maintenance mode", 400),
}


def graph_error(code, status=None, details=None, subcode=None, is_transient=None, message=None,
                type="OAuthException"):
    """An answer that says why not, as Graph does; members that are not given are not there."""
    title, usual = CODES.get(code, ("Unknown error", 400))
    error = {"message": message or f"(#{code}) {title}", "type": type, "code": code}
    if details is not None:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    if subcode is not None:
        error["error_subcode"] = subcode
    if is_transient is not None:
        error["is_transient"] = is_transient
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
    return Answer.of({"error": error}, status or usual)
