import CloudAPI
import FoundationEssentials
import Testing

/// One of the payloads in `Fixtures/`: invented numbers, one case a file.
struct Fixture: CustomTestStringConvertible, Sendable {
    let name: String
    let body: Data

    init(_ name: String) throws {
        self.name = name
        body = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
    }

    var testDescription: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// Every file in the folder; empty when the folder can't be read, which a test refuses.
    static let all: [Fixture] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.sorted().compactMap { try? Fixture(String($0.dropLast(".json".count))) }
    }()

    func updates() throws -> [Update] {
        try WebhookPayload.decode(body)
    }

    /// The messages of a fixture, in order.
    static func messages(_ name: String) throws -> [InboundMessage] {
        try Fixture(name).updates().compactMap {
            if case .message(let message) = $0 { message } else { nil }
        }
    }

    /// The first message of a fixture.
    static func message(_ name: String) throws -> InboundMessage {
        try #require(try messages(name).first)
    }

    /// The statuses of a fixture, in order.
    static func statuses(_ name: String) throws -> [MessageStatusUpdate] {
        try Fixture(name).updates().compactMap {
            if case .status(let status) = $0 { status } else { nil }
        }
    }
}
