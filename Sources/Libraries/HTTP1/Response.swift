/// An answer: status, fields and content.
///
/// `Date`, `Content-Length`, `Connection` are added when it is serialised and must not be given.
/// (An answer that is streamed would begin with the same head; ``ServerConnection`` would then hold
/// a phase between `answering` and `writing` in which parts are framed as chunks.)
package struct Response: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package var status: Status
    package private(set) var fields: [Field] = []
    package var body: [UInt8]
    /// Whether the connection is to be closed after this answer even if it could go on.
    package var closes = false

    package init(_ status: Status, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.body = body
        if let contentType { add("Content-Type", contentType) }
    }

    /// The answer to a method that this path doesn't have; `Allow` is its duty (RFC 9110 §15.5.6).
    package static func methodNotAllowed(
        allow: [Method], contentType: String? = nil, body: [UInt8] = []
    ) -> Response {
        var response = Response(.methodNotAllowed, contentType: contentType, body: body)
        response.add("Allow", allow.map(\.rawValue).joined(separator: ", "))
        return response
    }

    /// Adds a field; a control byte in its value is sent as a blank, so that no value ends a line.
    package mutating func add(_ name: String, _ value: String) {
        assert(
            !name.isEmpty && name.utf8.allSatisfy(ByteSet.token.contains), "not a field name")
        fields.append(Field(name: name, value: value))
    }

    /// Appends this answer as HTTP/1.1 has it on the wire.
    ///
    /// `isForHead`: HEAD was asked, so the same head goes out without content (RFC 9110 §9.3.2).
    func serialise(
        into output: inout [UInt8], date: String, isForHead: Bool, closing: Bool
    ) {
        output.reserveCapacity(output.count + 256 + (isForHead ? 0 : body.count))
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        output.append(contentsOf: String(status.code).utf8)
        output.append(.blank)
        output.append(contentsOf: status.phrase.utf8)
        output.append(contentsOf: "\r\nDate: ".utf8)
        output.append(contentsOf: date.utf8)
        for field in fields {
            output.append(contentsOf: "\r\n".utf8)
            output.append(contentsOf: field.name.utf8)
            output.append(contentsOf: ": ".utf8)
            for byte in field.value.utf8 { output.append(byte.isFieldValue ? byte : .blank) }
        }
        // RFC 9110 §8.6: never on 204; on HEAD what GET would have had.
        if !status.isBodiless {
            output.append(contentsOf: "\r\nContent-Length: ".utf8)
            output.append(contentsOf: String(body.count).utf8)
        }
        if closing { output.append(contentsOf: "\r\nConnection: close".utf8) }
        output.append(contentsOf: "\r\n\r\n".utf8)
        if !status.isBodiless, !isForHead { output.append(contentsOf: body) }
    }
}
