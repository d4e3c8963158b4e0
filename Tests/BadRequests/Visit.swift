package import HTTP1

/// A client's visit to a server of a few routes: what was sent, and what came back.
///
/// `/webhook` takes its body whole, `/upload` in parts; `/download` answers in parts. It plays the
/// ingress's part around ``ServerConnection``, without a socket.
package struct Visit {
    package static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    /// What the webhook route takes.
    package static let bodyLimit = 4_194_304

    package var connection: ServerConnection
    package var now = ContinuousClock.now
    package private(set) var answers: [BadRequest.Answer] = []
    package private(set) var errors: [RequestError] = []
    package private(set) var heads: [RequestHead] = []
    package private(set) var bodies: [[UInt8]] = []
    package private(set) var output: [UInt8] = []
    package private(set) var continues = 0
    package private(set) var isShutDown = false
    package private(set) var isClosed = false
    package private(set) var isReset = false

    /// Bytes of a part that `/upload` asks for, and how many it takes before it answers.
    package var partLimit = 7
    package var partsTaken = Int.max
    /// Whether `/upload` asks for each part as soon as it may, or the test does with `ask`.
    package var asksAtOnce = true
    package private(set) var parts: [[UInt8]] = []
    /// What `/download` answers with.
    package var download: (length: Int?, parts: [[UInt8]]) = (nil, [])
    private var downloaded = 0
    /// Whether the test says with `drain` when the output has gone out.
    package var drainsByItself = true

    package init() { connection = ServerConnection(at: now) }

    package var outputText: String { String(decoding: output, as: UTF8.self) }

    package mutating func send(_ text: String) { send(ArraySlice(Array(text.utf8))) }

    /// Hands over these bytes in reads of at most `size`, as long as the connection reads.
    package mutating func send(_ bytes: ArraySlice<UInt8>, size: Int = 16_384) {
        var rest = bytes
        while !rest.isEmpty, !isClosed, connection.wantsBytes {
            let count = connection.read(minimum: size) { space in
                let count = min(size, space.count, rest.count)
                space.copyBytes(from: rest.prefix(count))
                return count
            }
            rest = rest.dropFirst(count)
            take(connection.received(at: now))
        }
    }

    package mutating func end() {
        guard !isClosed else { return }
        if case .close = connection.ended(at: now) { isClosed = true }
    }

    package mutating func stop() -> Bool { connection.stopKeepingAlive() }

    package mutating func expire() -> ServerConnection.ExpiredAction {
        let action = connection.expired(at: now)
        switch action {
        case .refuse(let error): refuse(error)
        case .reset, .close: isClosed = true
        case .notYet: break
        }
        return action
    }

    private mutating func take(_ action: ServerConnection.ReceivedAction) {
        switch action {
        case .wait: break
        case .decide(let head): route(head)
        case .deliver(let body): serve(body)
        case .part(let bytes): take(part: bytes)
        case .endOfBody: serve(parts.flatMap(\.self))
        case .refuse(let error): refuse(error)
        case .close: isClosed = true
        }
    }

    private mutating func route(_ head: RequestHead) {
        heads.append(head)
        if let response = refusal(of: head) {
            return respond(response, .answered(response.status.code))
        }
        if head.segments == ["upload"] { return takeParts() }
        switch connection.accept(bodyLimit: Self.bodyLimit, at: now) {
        case .waitForBody: break
        case .sendContinue: continues += 1
        case .deliver(let body): serve(body)
        case .refuse(let error): refuse(error)
        case .close: isClosed = true
        }
    }

    private mutating func takeParts() {
        parts = []
        switch connection.acceptParts(
            bodyLimit: Self.bodyLimit, partLimit: partLimit, at: now)
        {
        case .takeParts: if asksAtOnce { ask() }
        case .refuse(let error): refuse(error)
        }
    }

    /// Asks for the next part of the body, or answers when there were enough.
    package mutating func ask() {
        guard parts.count < partsTaken else { return serve(parts.flatMap(\.self)) }
        switch connection.nextPart(at: now) {
        case .wait: break
        case .sendContinue: continues += 1
        case .part(let bytes): take(part: bytes)
        case .endOfBody: serve(parts.flatMap(\.self))
        case .refuse(let error): refuse(error)
        case .close: isClosed = true
        }
    }

    private mutating func take(part: [UInt8]) {
        parts.append(part)
        if asksAtOnce { ask() }
    }

    /// What the routes say before a body is read.
    private func refusal(of head: RequestHead) -> Response? {
        if head.form == .asterisk { return Response(.noContent) }
        let allowed: [Method]
        switch head.segments {
        case ["webhook"], ["upload"]: allowed = [.get, .head, .post]
        case ["health"], ["download"]: allowed = [.get, .head]
        default: return Response(.notFound)
        }
        guard allowed.contains(head.method) else { return .methodNotAllowed(allow: allowed) }
        if head.fields.only("x-hub-signature-256") == .several
            || head.fields.only("IDEMPOTENCY-KEY") == .several
        {
            return Response(.badRequest)
        }
        do {
            return try head.query().only("hub.challenge") == .several
                ? Response(.badRequest) : nil
        } catch {
            return Response(.badRequest)
        }
    }

    private mutating func serve(_ body: [UInt8]) {
        bodies.append(body)
        if heads.last?.segments == ["download"] {
            downloaded = 0
            let content = Response.Content.parts(length: download.length)
            return respond(Response(.ok, contentType: "text/plain", content), .served)
        }
        respond(Response(.ok, contentType: "text/plain", body: Array("good".utf8)), .served)
    }

    private mutating func refuse(_ error: RequestError) {
        errors.append(error)
        respond(Response(error.status, body: Array("bad".utf8)), .refused(error.status.code))
    }

    private mutating func respond(_ response: Response, _ answer: BadRequest.Answer) {
        answers.append(answer)
        connection.respond(response, date: Self.date, into: &output, at: now)
        if drainsByItself { drain() }
    }

    /// All of the output has gone out.
    package mutating func drain() {
        switch connection.written(at: now) {
        case .wait: break
        case .sendPart: sendPart()
        case .decide(let head): route(head)
        case .refuse(let error): refuse(error)
        case .shutDownWriting: isShutDown = true
        case .close: isClosed = true
        }
    }

    private mutating func sendPart() {
        let action: ServerConnection.SendAction
        if downloaded < download.parts.count {
            downloaded += 1
            action = connection.send(download.parts[downloaded - 1], into: &output, at: now)
        } else {
            action = connection.endParts(into: &output, at: now)
        }
        switch action {
        case .write: if drainsByItself { drain() }
        case .reset: (isReset, isClosed) = (true, true)
        }
    }
}
