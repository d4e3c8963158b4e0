package import FoundationEssentials

/// A request as it stands in a frame: JSON-RPC 2.0, cut open but for its parameters.
package struct IncomingRequest: Sendable {
    package let id: Int64
    /// `owner.verb`, as the peer wrote it; may be unknown.
    package let method: String
    private let params: Data

    /// Cuts a payload open.
    ///
    /// - Throws: `WireError.malformed`; the peer that sent it loses its connection.
    package init(_ payload: Data) throws(WireError) {
        let parts = try Envelope(payload)
        guard let method = parts.text(.method) else { throw .malformed("no method") }
        guard let params = parts.slice(.params) else { throw .malformed("no params") }
        id = try parts.id()
        self.method = method
        self.params = params
    }

    /// The parameters as what the method takes, and the deadline that came with them.
    ///
    /// - Throws: `WireError.malformed` naming the parameter that is missing or wrong.
    package func decode<Asked: Request>(
        _ type: Asked.Type, with decoder: JSONDecoder
    ) throws(WireError) -> (request: Asked, until: Int64) {
        let whole = try decoding { try decoder.decode(Parameters<Asked>.self, from: params) }
        return (whole.request, whole.until)
    }

    /// The parameters of `process.hello`.
    package func decodeHello(with decoder: JSONDecoder) throws(WireError) -> Hello {
        try decoding { try decoder.decode(Hello.self, from: params) }
    }

    private struct Parameters<Asked: Request>: Decodable {
        let request: Asked
        let until: Int64
        enum CodingKeys: String, CodingKey { case until }

        init(from decoder: any Decoder) throws {
            until = try decoder.container(keyedBy: CodingKeys.self).decode(
                Int64.self, forKey: .until)
            request = try Asked(from: decoder)
        }
    }
}

/// An answer as it stands in a frame.
package struct IncomingAnswer: Sendable {
    package let id: Int64
    private let outcome: Result<Data, WireError>

    /// Cuts a payload open.
    ///
    /// - Throws: `WireError.malformed`; the connection is of no more use.
    package init(_ payload: Data, with decoder: JSONDecoder) throws(WireError) {
        let parts = try Envelope(payload)
        id = try parts.id()
        switch (parts.slice(.result), parts.slice(.error)) {
        case (let result?, nil): outcome = .success(result)
        case (nil, let error?):
            let failure = try decoding { try decoder.decode(RemoteError.self, from: error) }
            outcome = .failure(failure.asWireError)
        default: throw .malformed("neither result nor error, or both")
        }
    }

    /// The result as what the method answers.
    ///
    /// - Throws: the peer's refusal, or `WireError.malformed`.
    package func decode<Answer: Decodable>(
        _ type: Answer.Type, with decoder: JSONDecoder
    ) throws(WireError) -> Answer {
        let result = try outcome.get()
        return try decoding { try decoder.decode(type, from: result) }
    }
}

/// Frames as this side writes them: the members in the order jsonrpc, id, method, params or result.
package enum Outgoing {
    /// A request's payload; `until` is on the boot clock, in milliseconds.
    package static func request<Asked: Request>(
        _ request: Asked, id: Int64, until: Int64, with encoder: JSONEncoder
    ) throws -> Data {
        let params = try encoder.encode(request)
        var payload = head(id: id, method: Asked.operation.rawValue, room: params.count)
        payload.append(contentsOf: "{\"until\":\(until)".utf8)
        // `params` is an object: its first byte is the brace that stands there already.
        if params.count > 2 { payload.append(UInt8(ascii: ",")) }
        payload.append(params.dropFirst())
        payload.append(UInt8(ascii: "}"))
        return payload
    }

    /// The payload of the first request on a connection.
    package static func hello(_ hello: Hello, id: Int64, with encoder: JSONEncoder) throws -> Data {
        let params = try encoder.encode(hello)
        var payload = head(id: id, method: Protocol.hello, room: params.count)
        payload.append(params)
        payload.append(UInt8(ascii: "}"))
        return payload
    }

    /// The payload of an answer.
    package static func answer(
        _ answer: some Encodable, id: Int64, with encoder: JSONEncoder
    ) throws -> Data {
        let result = try encoder.encode(answer)
        var payload = Data(capacity: result.count + 48)
        payload.append(contentsOf: "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":".utf8)
        payload.append(result)
        payload.append(UInt8(ascii: "}"))
        return payload
    }

    /// The payload that refuses a request.
    package static func refusal(
        _ error: RemoteError, id: Int64, with encoder: JSONEncoder
    ) throws -> Data {
        let error = try encoder.encode(error)
        var payload = Data(capacity: error.count + 48)
        payload.append(contentsOf: "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"error\":".utf8)
        payload.append(error)
        payload.append(UInt8(ascii: "}"))
        return payload
    }

    private static func head(id: Int64, method: String, room: Int) -> Data {
        var payload = Data(capacity: room + 112)
        payload.append(
            contentsOf: "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":"
                .utf8)
        return payload
    }
}

/// The error member of an answer (JSON-RPC 2.0 §5.1).
package struct RemoteError: Codable, Hashable, Sendable {
    package let code: Int
    package let message: String
    package let data: Problem?

    /// An error of ours, said in full.
    package init(_ problem: Problem) {
        code = -32000
        message = problem.message
        data = problem
    }

    private init(code: Int, message: String) {
        self.code = code
        self.message = message
        data = nil
    }

    package static func unknownMethod(_ name: String) -> RemoteError {
        RemoteError(code: -32601, message: "unknown method \(name)")
    }

    package static func invalidParams(_ what: String) -> RemoteError {
        RemoteError(code: -32602, message: what)
    }

    /// What the asking side throws for it.
    package var asWireError: WireError {
        if let data { return .refused(data) }
        return code == -32601 ? .unknownOperation(message) : .malformed(message)
    }
}

/// A payload with its members found.
private struct Envelope {
    private let payload: Data
    private let members: [Members.Name: Range<Int>]

    init(_ payload: Data) throws(WireError) {
        self.payload = payload
        let found = payload.withUnsafeBytes { raw in
            Result { () throws(WireError) in try Members(raw.bindMemory(to: UInt8.self)).values }
        }
        members = try found.get()
        guard text(.jsonrpc) == "2.0" else { throw .malformed("jsonrpc is not \"2.0\"") }
    }

    func slice(_ name: Members.Name) -> Data? {
        members[name].map {
            payload[(payload.startIndex + $0.lowerBound)..<(payload.startIndex + $0.upperBound)]
        }
    }

    /// A string without escapes; nil for anything else.
    func text(_ name: Members.Name) -> String? {
        guard let slice = slice(name), slice.count >= 2, slice.first == UInt8(ascii: "\""),
            !slice.contains(UInt8(ascii: "\\"))
        else { return nil }
        return String(validating: slice.dropFirst().dropLast(), as: UTF8.self)
    }

    func id() throws(WireError) -> Int64 {
        guard let slice = slice(.id), let text = String(validating: slice, as: UTF8.self),
            let id = Int64(text), String(id) == text
        else { throw .malformed("id is no integer") }
        return id
    }
}

/// Turns what `JSONDecoder` throws into the name of the place that is wrong.
private func decoding<Value>(_ body: () throws -> Value) throws(WireError) -> Value {
    do { return try body() } catch let error as DecodingError {
        throw .malformed(error.place)
    } catch {
        throw .malformed("not JSON")
    }
}

extension DecodingError {
    /// The path of the member that could not be decoded, with what is wrong; never its value.
    package var place: String {
        switch self {
        case .keyNotFound(let key, let context):
            "\(Self.path(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(Self.path(context.codingPath)) is null"
        case .typeMismatch(_, let context): "\(Self.path(context.codingPath)) has the wrong type"
        case .dataCorrupted(let context): "\(Self.path(context.codingPath)) is malformed"
        @unknown default: "malformed"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty
            ? "the whole"
            : keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
