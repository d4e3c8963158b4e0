/// What strangers send, each kind with the code that reads it and the promises that this code keeps.
///
/// The same input goes through the same function under libFuzzer (`./run.sh fuzz`) and, for those in
/// `Corpus/`, in the tests.
enum FuzzTarget: String, CaseIterable, Sendable {
    /// The bytes of one HTTP connection.
    case http
    /// The body of a form with files.
    case form
    /// The query of a request.
    case query
    /// The value of `X-Hub-Signature-256`.
    case signature
    /// Any JSON.
    case json
    /// The body of a webhook.
    case webhook
    /// The body of a send, on any of its routes.
    case send
    /// What Graph answers.
    case graph
    /// Whom a message is to, or whose messages are asked for.
    case phone
    /// Words that are looked for.
    case search
    /// The name of a file, and the fields of a request that has it back.
    case download
    /// Frames between processes, length and all.
    case frames
    /// One frame's payload.
    case envelope

    /// - Throws: ``BrokenPromise``; a trap is one, too.
    func run(_ input: [UInt8]) throws {
        switch self {
        case .http: try readConnection(input)
        case .form: try readForm(input)
        case .query: try readQuery(input)
        case .signature: try readSignature(input)
        case .json: try readJSON(input)
        case .webhook: try readWebhook(input)
        case .send: try readSend(input)
        case .graph: try readGraph(input)
        case .phone: try readPhone(input)
        case .search: try readSearch(input)
        case .download: try readDownload(input)
        case .frames: try readFrames(input)
        case .envelope: try readEnvelope(input)
        }
    }
}

/// An input for which a promise does not hold.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``BrokenPromise`` with that text, unless it holds.
func promise(_ what: @autoclosure () -> String, _ holds: Bool) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: what()) }
}
