internal import FoundationEssentials
internal import JSON
internal import Reactor

/// The gateway's API as an export reads it, asked again while a process restarts.
struct ExportSource {
    /// As many as a page of the API holds.
    private static let pageLength = 200
    /// How long a process may be away: far longer than one needs that is restarted.
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(500)

    /// What the gateway says instead of what was asked for.
    struct Refusal: Error, CustomStringConvertible {
        let status: Int
        /// The API's own `error`.
        let error: JSONValue

        init(status: Int, body: [UInt8]) {
            self.status = status
            let content = try? JSONValue(parsing: Data(body))
            error = content?["error"] ?? .null
        }

        /// Whether it is about the moment, and not about what was asked for.
        var passes: Bool { status == 503 && error["code"]?.text != "media_pending" }

        var description: String {
            "\(error["message"]?.text ?? "the gateway answered \(status)") \(error["hint"]?.text ?? "")"
        }
    }

    private let http: GatewayHTTP
    private let loop: EventLoop
    private let headers: [String]

    init(_ group: Group) throws {
        http = try group.http()
        loop = group.loop
        headers = try group.token().map { ["Authorization: Bearer \($0)"] } ?? []
    }

    /// Gives the elements under that name to `body`, page by page, to the last one.
    func pages(
        _ path: String, _ query: [(String, String?)], of name: String,
        _ body: (JSONValue) throws -> Void
    ) async throws {
        var cursor: String?
        repeat {
            let page = try await page(
                path, query + [("limit", "\(Self.pageLength)"), ("cursor", cursor)])
            for element in page[name]?.elements ?? [] { try body(element) }
            cursor = page["next_cursor"]?.text
        } while cursor != nil
    }

    /// One page; what is nil is left out of the query.
    func page(_ path: String, _ query: [(String, String?)]) async throws -> JSONValue {
        let text = query.compactMap { name, value in
            value.map { "\(name)=\(Percent.encoded($0))" }
        }.joined(separator: "&")
        return try await ask("/api/whatsapp/\(path)?\(text)")
    }

    private func ask(_ path: String) async throws -> JSONValue {
        try await patiently {
            var answer = try http.begin("GET", path, headers: headers)
            let body = try answer.wholeBody()
            guard answer.head.status == 200 else {
                throw Refusal(status: answer.head.status, body: body)
            }
            return try JSONValue(parsing: Data(body))
        }
    }

    /// Writes a file that a message has to the one that `make` makes for each try.
    ///
    /// - Throws: `Refusal`: it is not to be had, and why.
    func download(
        _ id: String, to make: () throws -> ExportFile
    ) async throws -> (head: IncomingAnswer.Head, file: ExportFile) {
        try await patiently {
            var answer = try http.begin(
                "GET", "/api/whatsapp/media/\(Percent.encoded(id))", headers: headers)
            guard answer.head.status == 200 else {
                throw Refusal(status: answer.head.status, body: try answer.wholeBody())
            }
            let file = try make()
            while let part = try answer.next() { try file.append(part) }
            try file.close()
            return (answer.head, file)
        }
    }

    private func patiently<Result>(_ body: () throws -> Result) async throws -> Result {
        let deadline = ContinuousClock.now + Self.patience
        let bell = Bell(on: loop)
        while true {
            do { return try body() } catch {
                guard Self.passes(error), .now < deadline else { throw error }
            }
            _ = await bell.wait(atMost: Self.pause)
        }
    }

    /// Whether what went wrong is that somebody was away.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case let refusal as Refusal: refusal.passes
        case is SystemError, is GatewayHTTP.NoAnswer, is IncomingAnswer.BrokenOff: true
        default: false
        }
    }
}
