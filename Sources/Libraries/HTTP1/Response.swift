/// An answer: status, fields and content.
///
/// `Date`, `Connection` and what frames the content are added when it is serialised and must not
/// be given.
package struct Response: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package enum Content: Sendable, Hashable {
        case whole([UInt8])
        /// Comes in parts after the head: so many bytes in all, or nil for as many as there will be.
        case parts(length: Int?)
    }

    package var status: Status
    package private(set) var fields: [Field] = []
    package var content: Content
    /// Whether the connection is to be closed after this answer even if it could go on.
    package var closes = false

    package init(_ status: Status, contentType: String? = nil, body: [UInt8] = []) {
        self.init(status, contentType: contentType, .whole(body))
    }

    package init(_ status: Status, contentType: String? = nil, _ content: Content) {
        self.status = status
        self.content = content
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

    /// How the end of an answer's content is known (RFC 9112 §6.3).
    enum Framing: Hashable {
        case length(Int)
        case chunked
        /// By the end of the connection: HTTP/1.0 has nothing else for what has no length.
        case untilClose
    }

    /// Appends the head of this answer as HTTP/1.1 has it on the wire, and room for its content.
    func serialiseHead(
        into output: inout [UInt8], date: String, framing: Framing, closing: Bool, room: Int
    ) {
        output.reserveCapacity(output.count + 256 + room)
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
            switch framing {
            case .length(let length):
                output.append(contentsOf: "\r\nContent-Length: ".utf8)
                output.append(contentsOf: String(length).utf8)
            case .chunked: output.append(contentsOf: "\r\nTransfer-Encoding: chunked".utf8)
            case .untilClose: break
            }
        }
        if closing { output.append(contentsOf: "\r\nConnection: close".utf8) }
        output.append(contentsOf: "\r\n\r\n".utf8)
    }
}
