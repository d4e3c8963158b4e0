internal import HTTP1

/// What a route decides when it has seen a request's head, before a byte of its body is read.
enum Admission {
    /// Read the body, of at most so many bytes, and come back with it.
    case accept(bodyLimit: Int)
    /// Come back at once; the body, of at most so many bytes, is read part by part as it is asked for.
    case acceptParts(bodyLimit: Int, partLimit: Int)
    /// Answer now; a body that was announced stays unread.
    case answer(Response)
}

/// Bytes that come in parts, each when it is asked for, so that only one is ever held.
protocol PartSource: Sendable {
    /// The next part, never without a byte; nil after the last. One asks at a time.
    ///
    /// - Throws: why there is no further part; what came before is then not the whole.
    func next() async throws -> [UInt8]?
}

/// An answer, and where its content comes from when it comes in parts.
struct Reply: Sendable {
    let response: Response
    let source: (any PartSource)?

    /// An answer that is here.
    init(_ response: Response) {
        self.response = response
        source = nil
    }

    /// An answer whose content the source gives: so many bytes, or nil for whatever it has.
    init(_ head: Response, length: Int?, from source: any PartSource) {
        var response = head
        response.content = .parts(length: length)
        self.response = response
        self.source = source
    }
}

/// Who answers HTTP requests.
protocol RequestHandler: Sendable {
    /// Decides by the head alone; must not wait.
    func admit(_ head: RequestHead) -> Admission
    /// Answers a whole request that was admitted.
    func answer(_ head: RequestHead, body: [UInt8]) async -> Reply
    /// Answers a request that was admitted to have its body taken in parts.
    ///
    /// It may answer before their end: the rest stays unread. A `RequestError` that `parts` throws is
    /// to be answered with ``refusal(_:)``.
    func answer(_ head: RequestHead, parts: any PartSource) async -> Reply
    /// Says what was wrong with bytes that are no request.
    func refusal(_ error: RequestError) -> Response
}
