import FoundationEssentials
import JSON
import Testing
import Wire

/// A method with the types that its two examples must fit; one may have another pair, with a suffix.
struct ExampleType: Sendable, CustomTestStringConvertible {
    /// The method, and `.` and the suffix, as the files are named.
    let method: String
    /// Decodes an example of a request and writes it again.
    let rewriteRequest: @Sendable (Data) throws -> Data
    /// Decodes an example of an answer and writes it again.
    let rewriteAnswer: @Sendable (Data) throws -> Data

    var testDescription: String { method }

    init<Asked: Request>(_ type: Asked.Type, suffix: String = "") {
        method = Asked.operation.rawValue + suffix
        rewriteRequest = { frame in
            let incoming = try IncomingRequest(frame)
            guard incoming.method == Asked.operation.rawValue else {
                throw WireError.unknownOperation(incoming.method)
            }
            let (request, until) = try incoming.decode(type, with: JSONDecoder())
            return try Outgoing.request(
                request, id: incoming.id, until: until, with: .gateway())
        }
        rewriteAnswer = { frame in
            let incoming = try IncomingAnswer(frame, with: JSONDecoder())
            let answer = try incoming.decode(Asked.Answer.self, with: JSONDecoder())
            return try Outgoing.answer(answer, id: incoming.id, with: .gateway())
        }
    }
}

// The switches have no default: a new method does not compile until its type is named here.

extension SignerOperation {
    var example: ExampleType {
        switch self {
        case .verify: ExampleType(VerifySignature.self)
        case .challenge: ExampleType(CheckChallenge.self)
        case .authenticate: ExampleType(Authenticate.self)
        case .canary: ExampleType(MakeCanary.self)
        case .sample: ExampleType(MakeSample.self)
        case .proof: ExampleType(MakeProof.self)
        case .describe: ExampleType(DescribeSigner.self)
        }
    }
}

extension ProviderOperation {
    var example: ExampleType {
        switch self {
        case .send: ExampleType(SendMessage.self)
        case .message: ExampleType(FindOutboxMessage.self)
        case .deadLetters: ExampleType(ListDeadLetters.self)
        case .retry: ExampleType(RetryDeadLetters.self)
        case .discard: ExampleType(DiscardDeadLetter.self)
        case .beginUpload: ExampleType(BeginUpload.self)
        case .uploadPart: ExampleType(UploadPart.self)
        case .endUpload: ExampleType(EndUpload.self)
        case .dropUpload: ExampleType(DropUpload.self)
        case .media: ExampleType(ReadMedia.self)
        case .audit: ExampleType(AuditOutbox.self)
        case .backUp: ExampleType(BackUpOutbox.self)
        case .templates: ExampleType(ListTemplates.self)
        case .describe: ExampleType(DescribeProvider.self)
        }
    }
}

extension InboxOperation {
    var example: ExampleType {
        switch self {
        case .position: ExampleType(AskPosition.self)
        case .append: ExampleType(AppendEntries.self)
        case .redact: ExampleType(RedactEntries.self)
        case .conversations: ExampleType(ListConversations.self)
        case .messages: ExampleType(ListMessages.self)
        case .search: ExampleType(SearchMessages.self)
        case .message: ExampleType(FindMessage.self)
        case .follow: ExampleType(FollowChanges.self)
        case .audit: ExampleType(AuditInbox.self)
        case .backUp: ExampleType(BackUpInbox.self)
        case .describe: ExampleType(DescribeInbox.self)
        }
    }
}

/// The files under `Protocols/examples`: whole payloads, as they stand in frames.
enum Examples {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocols/examples")

    static func frame(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: "\(name).json"))
    }

    static func value(_ frame: Data) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: frame)
    }

    static let types: [ExampleType] =
        SignerOperation.allCases.map(\.example) + ProviderOperation.allCases.map(\.example)
        + InboxOperation.allCases.map(\.example)
        + [
            ExampleType(SendMessage.self, suffix: ".messages"),
            ExampleType(Authenticate.self, suffix: ".refused"),
        ]

    /// Every example of a request.
    static let requests = types.map { "\($0.method).request" } + ["process.hello.request"]
    /// Every example of an answer.
    static let answers =
        types.map { "\($0.method).answer" } + ["process.hello.answer", "error.answer"]
}
