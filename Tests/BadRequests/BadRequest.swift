/// One numbered case of what a hostile or broken client may send, and what it must get.
///
/// The same bytes go to the parser alone and to a running ingress. `R` is the request line, `H`
/// Host, `F` fields, `L` Content-Length, `T` Transfer-Encoding, `K` chunks, `S` semantics.
package struct BadRequest: Sendable {
    /// One answer a case must get.
    package enum Answer: Hashable, Sendable {
        /// Whatever the route says to a good request; if it closes, the case ends there.
        case served
        /// A route's own refusal with this status; the connection may go on.
        case answered(Int)
        /// A refusal with this status and `Connection: close`; nothing follows it.
        case refused(Int)
    }

    package enum Expectation: Hashable, Sendable {
        /// These answers in this order and no other; none at all means closed without a word.
        case answers([Answer])
        /// Not decided by bytes alone; says where it is tested and why.
        case elsewhere(String)
    }

    /// `R01` and so on; a number with several variants occurs several times.
    package let number: String
    /// What differs from the good request.
    package let change: String
    package let bytes: [UInt8]
    /// Whether the client shuts down its side after the bytes.
    package let endsInput: Bool
    package let expected: Expectation

    /// All cases, for a server with these routes.
    ///
    /// At `path` a POST with a body of 5 bytes is served and PUT is not, at `health` a GET is;
    /// `fields` are the lines that a POST to `path` needs to have its body read.
    package static func all(
        path: String = "/webhook", health: String = "/health", fields: [String] = []
    ) -> [BadRequest] {
        let base = Base(path: path, health: health, fields: fields)
        return requestLines(base) + hosts(base) + self.fields(base) + contentLengths(base)
            + transferEncodings(base) + chunks(base) + semantics(base)
    }
}

extension BadRequest: CustomStringConvertible {
    package var description: String { "\(number) \(change)" }
}

/// Builds requests that differ from a good one in one thing.
///
/// Text is Latin-1: `\u{80}` is the byte 0x80.
struct Base {
    let path: String
    let health: String
    let fields: [String]

    /// A POST of `hello` whose parts can be replaced or left out.
    func post(
        line: String? = nil, host: String? = "Host: a", length: String? = "Content-Length: 5",
        more: [String] = [], body: String = "hello"
    ) -> String {
        let head = [line ?? "POST \(path) HTTP/1.1", host, length].compactMap { $0 }
        return (head + fields + more).map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    func get(
        line: String? = nil, host: String? = "Host: a", more: [String] = [], body: String = ""
    ) -> String {
        let head = [line ?? "GET \(health) HTTP/1.1", host].compactMap { $0 }
        return (head + more).map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    /// A POST whose body is sent as `body` stands here, framing and all.
    func chunked(_ body: String, coding: String = "Transfer-Encoding: chunked") -> String {
        post(length: coding, body: body)
    }
}

extension BadRequest {
    init(
        _ number: String, _ change: String, _ text: String, endsInput: Bool = false,
        _ answers: Answer...
    ) {
        self.init(
            number: number, change: change,
            bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) },
            endsInput: endsInput, expected: .answers(answers))
    }

    init(_ number: String, _ change: String, elsewhere reason: String) {
        self.init(
            number: number, change: change, bytes: [], endsInput: false,
            expected: .elsewhere(reason))
    }
}
