import FoundationEssentials
import Testing

/// An input that libFuzzer found, or that somebody wrote for it.
struct CorpusFile: CustomTestStringConvertible, Sendable {
    let target: FuzzTarget
    let name: String

    var testDescription: String { "\(target.rawValue)/\(name)" }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")

    var input: [UInt8] {
        get throws {
            let path = Self.folder.appending(path: target.rawValue).appending(path: name)
            return Array(try Data(contentsOf: path))
        }
    }

    static func all(of target: FuzzTarget) -> [CorpusFile] {
        let path = folder.appending(path: target.rawValue).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted().map { CorpusFile(target: target, name: $0) }
    }
}

struct CorpusTests {
    @Test("every target has a corpus", arguments: FuzzTarget.allCases)
    func isThere(target: FuzzTarget) {
        #expect(!CorpusFile.all(of: target).isEmpty)
    }

    @Test(
        "what was once sent keeps every promise",
        arguments: FuzzTarget.allCases.flatMap(CorpusFile.all(of:)))
    func holds(file: CorpusFile) throws {
        try file.target.run(try file.input)
    }

    @Test("cut at any byte it does so too", arguments: FuzzTarget.allCases)
    func holdsCut(target: FuzzTarget) throws {
        for file in CorpusFile.all(of: target) {
            let input = try file.input
            for length in 0..<min(input.count, 200) {
                try target.run(Array(input.prefix(length)))
            }
        }
    }
}
