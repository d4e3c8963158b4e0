import FoundationEssentials

/// The text files of this source tree, by their path from its root.
enum Pages {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Every Swift file below a folder, as text.
    static func sources(in folder: String) throws -> [String] { try all(in: folder, of: ".swift") }

    /// Every page below a folder, or every file of another ending.
    static func all(in folder: String, of ending: String = ".md") throws -> [String] {
        let directory = root.appending(path: folder).path(percentEncoded: false)
        return try FileManager.default.subpathsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(ending) }
            .map { try text("\(folder)/\($0)") }
    }
}
