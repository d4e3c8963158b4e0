internal import JSON

/// What the fake Graph does with the requests that fit: the first rule that fits a request decides.
///
/// What becomes of a message (`outcome`) and whether its answer arrives (`delivery`) are apart: an
/// accepted message whose answer is lost was accepted all the same. `Tests/FakeGraph/script.py` is
/// the whole story.
package struct GraphRule: Sendable {
    package var when: When
    /// Fits that often, then no more; nil: always.
    package var times: Int?
    /// Fits until so long after it was given; nil: always.
    package var lasting: Duration?
    package var outcome: Outcome
    package var delivery: Delivery
    /// Added to the answer, `Retry-After` or `X-App-Usage` for example.
    package var headers: [String: String]

    package init(
        when: When = When(), times: Int? = nil, lasting: Duration? = nil,
        _ outcome: Outcome = .accept(), _ delivery: Delivery = .whole,
        headers: [String: String] = [:]
    ) {
        self.when = when
        self.times = times
        self.lasting = lasting
        self.outcome = outcome
        self.delivery = delivery
        self.headers = headers
    }

    /// What a request must have; nil means that it does not matter.
    package struct When: Sendable {
        package var endpoint: GraphEndpoint?
        /// The n-th request of its endpoint, from 1.
        package var order: Int?
        package var to, callback, callbackPrefix: String?
        /// The n-th request of its connection, from 1.
        package var onConnection: Int?

        package init(
            endpoint: GraphEndpoint? = .messages, order: Int? = nil, to: String? = nil,
            callback: String? = nil, callbackPrefix: String? = nil, onConnection: Int? = nil
        ) {
            self.endpoint = endpoint
            self.order = order
            self.to = to
            self.callback = callback
            self.callbackPrefix = callbackPrefix
            self.onConnection = onConnection
        }
    }

    package enum Outcome: Sendable {
        /// What the endpoint does; the rest is for messages.
        case accept(messageStatus: String? = nil, waID: String? = nil, statuses: [GraphStatus] = [])
        /// Graph's error JSON; without a `status` the one that Meta lists for the code.
        case error(
            Int, status: Int? = nil, details: String? = nil, subcode: Int? = nil,
            isTransient: Bool? = nil)
        /// What somebody before Graph answers, a proxy's page for one.
        case raw(status: Int, body: String)
        /// The request is lost; goes with a delivery that answers nothing.
        case nothing
    }

    package enum Delivery: Sendable {
        case whole
        /// Nothing for so long, then the whole answer; nil: until the client gives up.
        case hang(Duration? = nil)
        /// Nothing but the end of the connection, in order or by a reset.
        case close, reset
        /// Half of the bytes, and then the end, a reset, or nothing more.
        case half, resetMidway, stall
        /// Byte by byte, with so long between any two.
        case slow(Duration = .milliseconds(10))
        /// A whole answer whose body is no JSON.
        case garbled
        /// The body of the request is left unread: no answer, or one that leaves before it was read.
        case unreadHang, unread
    }
}

/// What a request of a client is for.
package enum GraphEndpoint: String, Sendable {
    case messages, upload, media, download, templates, number, unknown, any
}

/// A webhook about an accepted message.
package struct GraphStatus: Sendable {
    /// Which one; `failed` has an error.
    package enum Kind: String, Sendable { case sent, delivered, read, played, failed }

    package var kind: Kind
    /// The error of a failed one.
    package var code: Int?
    /// Answered by its receiver before the send is.
    package var isEarly: Bool
    /// Since the answer to the send, or to the status before it; for those that are not early.
    package var after: Duration
    package var copies: Int

    package init(
        _ kind: Kind, code: Int? = nil, early: Bool = false, after: Duration = .zero,
        copies: Int = 1
    ) {
        self.kind = kind
        self.code = code
        isEarly = early
        self.after = after
        self.copies = copies
    }
}

// MARK: As the fake reads it

extension GraphRule {
    var json: JSONValue {
        .object(
            members([
                "when": when.json, "times": number(times),
                "seconds": lasting.map { .number($0.seconds) },
                "outcome": outcome.json, "delivery": delivery.json,
                "headers": .object(headers.mapValues { .string($0) }),
            ]))
    }
}

extension GraphRule.When {
    fileprivate var json: JSONValue {
        .object(
            members([
                "endpoint": text(endpoint?.rawValue ?? GraphEndpoint.any.rawValue),
                "order": number(order), "to": text(to), "callback": text(callback),
                "callback_prefix": text(callbackPrefix), "on_connection": number(onConnection),
            ]))
    }
}

extension GraphRule.Outcome {
    fileprivate var json: JSONValue {
        switch self {
        case .accept(let messageStatus, let waID, let statuses):
            .object(
                members([
                    "kind": "accept", "message_status": text(messageStatus), "wa_id": text(waID),
                    "statuses": .array(statuses.map(\.json)),
                ]))
        case .error(let code, let status, let details, let subcode, let isTransient):
            .object(
                members([
                    "kind": "error", "code": number(code), "status": number(status),
                    "details": text(details), "subcode": number(subcode),
                    "is_transient": isTransient.map { .bool($0) },
                ]))
        case .raw(let status, let body):
            ["kind": "raw", "status": .integer(Int64(status)), "body": .string(body)]
        case .nothing: ["kind": "nothing"]
        }
    }
}

extension GraphRule.Delivery {
    fileprivate var json: JSONValue {
        switch self {
        case .whole: ["kind": "whole"]
        case .hang(let limit):
            .object(members(["kind": "hang", "seconds": limit.map { .number($0.seconds) }]))
        case .close: ["kind": "close"]
        case .reset: ["kind": "reset"]
        case .half: ["kind": "half"]
        case .resetMidway: ["kind": "reset_midway"]
        case .stall: ["kind": "stall"]
        case .slow(let pause): ["kind": "slow", "pause": .number(pause.seconds)]
        case .garbled: ["kind": "garbled"]
        case .unreadHang: ["kind": "unread_hang"]
        case .unread: ["kind": "unread"]
        }
    }
}

extension GraphStatus {
    var json: JSONValue {
        .object(
            members([
                "status": .string(kind.rawValue), "code": number(code), "early": .bool(isEarly),
                "after": .number(after.seconds), "copies": number(copies),
            ]))
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}

/// The members that are there.
private func members(_ given: [String: JSONValue?]) -> [String: JSONValue] {
    given.compactMapValues { $0 }
}

private func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }
private func number(_ number: Int?) -> JSONValue? { number.map { .integer(Int64($0)) } }
