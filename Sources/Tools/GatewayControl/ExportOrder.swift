/// What `./run.sh export` is asked for.
struct ExportOrder: Hashable {
    /// The folder to make.
    var folder: String
    /// The one person or group; nil: everybody.
    var contact: String?
    var withMedia = true

    /// The arguments make no sense; the text says what would.
    struct UsageError: Error, Hashable, CustomStringConvertible {
        let problem: String
        var description: String {
            "export: \(problem); usage: ./run.sh export DIR [--contact NUMBER-OR-ID] [--no-media]"
        }
    }

    init(_ arguments: [String]) throws(UsageError) {
        var folder: String?
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--no-media": withMedia = false
            case "--contact":
                guard let name = rest.popFirst(), !name.isEmpty, !name.hasPrefix("--") else {
                    throw UsageError(problem: "--contact wants a number, a user id or a group's id")
                }
                contact = name
            case _ where word.hasPrefix("-"): throw UsageError(problem: "there is no \"\(word)\"")
            case _ where folder == nil: folder = word
            default: throw UsageError(problem: "\"\(word)\" is too much")
            }
        }
        while let path = folder, path.count > 1, path.hasSuffix("/") {
            folder = String(path.dropLast())
        }
        guard let folder, !folder.isEmpty else {
            throw UsageError(problem: "it wants the path of a folder to make")
        }
        self.folder = folder
    }
}
