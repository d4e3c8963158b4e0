import BadRequests
import HTTP1

/// A client's visit to a server of a few routes: what was sent, and what came back.
///
/// `/webhook` takes its body whole, `/upload` in parts; `/download` answers in parts. It plays the ingress's part around ``ServerConnection``, without a socket.
struct Visit {
    static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    /// What the webhook route takes.
    static let bodyLimit = 4_194_304

    var connection: ServerConnection
    var now = ContinuousClock.now
    private(set) var answers: [BadRequest.Answer] = []
    private(set) var errors: [RequestError] = []
    private(set) var heads: [RequestHead] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var output: [UInt8] = []
    private(set) var continues = 0
    private(set) var isShutDown = false
    private(set) var isClosed = false
    private(set) var isReset = false

    /// Bytes of a part that `/upload` asks for, and how many it takes before it answers.
    var partLimit = 7
    var partsTaken = Int.max
    /// Whether `/upload` asks for each part as soon as it may, or the test does with `ask`.
    var asksAtOnce = true
    private(set) var parts: [[UInt8]] = []
    /// What `/download` answers with.
    var download: (length: Int?, parts: [[UInt8]]) = (nil, [])
    private var downloaded = 0
    /// Whether the test says with `drain` when the output has gone out.
    var drainsByItself = true

    init() { connection = ServerConnection(at: now) }

    var outputText: String { String(decoding: output, as: UTF8.self) }

    mutating func send(_ text: String) { send(ArraySlice(Array(text.utf8))) }

    /// Hands over these bytes in reads of at most `size`, as long as the connection reads.
    mutating func send(_ bytes: ArraySlice<UInt8>, size: Int = 16_384) {
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

    mutating func end() {
        guard !isClosed else { return }
        if case .close = connection.ended(at: now) { isClosed = true }
    }

    mutating func stop() -> Bool { connection.stopKeepingAlive() }

    mutating func expire() -> ServerConnection.ExpiredAction {
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
    mutating func ask() {
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
    mutating func drain() {
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
