/// What `./run.sh dead-letters …` asks for.
enum DeadLetterCommand: Hashable {
    /// Those of a cause, or all.
    case list(cause: String?)
    case show(String)
    /// With `isTrial` it is only said which would be refused now.
    case retry(Choice, isTrial: Bool)
    case discard(String)

    enum Choice: Hashable {
        case ids([String])
        case cause(String)
        case all
    }

    /// The arguments make no sense; the text says what would.
    struct UsageError: Error, Hashable, CustomStringConvertible {
        let problem: String
        var description: String { "dead-letters: \(problem); usage:\n\(DeadLetterCommand.usage)" }
    }

    static let usage = """
        ./run.sh dead-letters [list] [--cause CAUSE]
        ./run.sh dead-letters show ID
        ./run.sh dead-letters retry ID… | --cause CAUSE | --all  [--dry-run]
        ./run.sh dead-letters discard ID
        """

    /// Reads the arguments after the command's name; none is `list`.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments.dropFirst()
        switch arguments.first {
        case nil: self = .list(cause: nil)
        case "--cause":
            rest = arguments[...]
            self = .list(cause: try Self.option("--cause", in: &rest))
        case "list":
            let cause = try Self.option("--cause", in: &rest)
            self = .list(cause: cause)
        case "show": self = .show(try Self.onlyID(in: &rest, of: "show"))
        case "discard": self = .discard(try Self.onlyID(in: &rest, of: "discard"))
        case "retry":
            let isTrial = Self.flag("--dry-run", in: &rest)
            let cause = try Self.option("--cause", in: &rest)
            let isAll = Self.flag("--all", in: &rest)
            let ids = try rest.map { word throws(UsageError) in try Self.id(word) }
            rest = []
            switch (ids.isEmpty, cause, isAll) {
            case (false, nil, false): self = .retry(.ids(ids), isTrial: isTrial)
            case (true, let cause?, false): self = .retry(.cause(cause), isTrial: isTrial)
            case (true, nil, true): self = .retry(.all, isTrial: isTrial)
            default: throw UsageError(problem: "retry wants ids, --cause or --all, one of them")
            }
        case let word?: throw UsageError(problem: "there is no \"\(word)\"")
        }
        if let word = rest.first { throw UsageError(problem: "\"\(word)\" is too much") }
    }

    private static func flag(_ name: String, in words: inout ArraySlice<String>) -> Bool {
        let others = words.filter { $0 != name }
        defer { words = others[...] }
        return others.count < words.count
    }

    /// The word after that name; both are taken out.
    private static func option(
        _ name: String, in words: inout ArraySlice<String>
    ) throws(UsageError) -> String? {
        guard let place = words.firstIndex(of: name) else { return nil }
        guard let value = words[place...].dropFirst().first, isName(value) else {
            throw UsageError(problem: "\(name) wants one of the causes that list prints")
        }
        words.removeSubrange(place...place + 1)
        return value
    }

    private static func onlyID(
        in words: inout ArraySlice<String>, of name: String
    ) throws(UsageError) -> String {
        guard let word = words.popFirst() else {
            throw UsageError(problem: "\(name) wants the id of a dead letter")
        }
        return try id(word)
    }

    private static func id(_ word: String) throws(UsageError) -> String {
        guard word.hasPrefix("msg_"), isName(word) else {
            throw UsageError(problem: "\"\(word)\" is no id; list prints them (msg_…)")
        }
        return word
    }

    /// Letters, digits and `_`: what may stand in a path as it is.
    private static func isName(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
