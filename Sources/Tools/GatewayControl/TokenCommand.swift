internal import Wire

/// What `./run.sh token …` asks for.
enum TokenCommand: Hashable {
    case add(name: String, scopes: Set<Scope>, days: Int?)
    case list
    case revoke(name: String)

    /// The arguments make no sense; the text says what would.
    struct UsageError: Error, Hashable, CustomStringConvertible {
        let problem: String
        var description: String { "token: \(problem); usage:\n\(TokenCommand.usage)" }
    }

    static let usage = """
        ./run.sh token add NAME --scope \(Scope.names) [--expires DAYS]
        ./run.sh token list
        ./run.sh token revoke NAME
        """

    /// Days that a token may be good for; ten years are as good as for ever.
    static let lives = 1...3_650

    /// Reads the arguments after the command's name; none is `list`.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = Array(arguments.dropFirst())
        switch arguments.first {
        case nil, "list":
            self = .list
        case "add":
            let scopes = try Self.scopes(try Self.option("--scope", in: &rest))
            let days = try Self.option("--expires", in: &rest).map { text throws(UsageError) in
                guard let days = Int(text), Self.lives.contains(days) else {
                    throw UsageError(
                        problem:
                            "--expires wants a number of days, \(Self.lives.lowerBound) to \(Self.lives.upperBound)"
                    )
                }
                return days
            }
            self = .add(name: try Self.name(in: &rest, of: "add"), scopes: scopes, days: days)
        case "revoke":
            self = .revoke(name: try Self.name(in: &rest, of: "revoke"))
        case let word?: throw UsageError(problem: "there is no \"\(word)\"")
        }
        if let word = rest.first { throw UsageError(problem: "\"\(word)\" is too much") }
    }

    private static func scopes(_ text: String?) throws(UsageError) -> Set<Scope> {
        guard let text else { throw UsageError(problem: "add wants --scope") }
        var scopes: Set<Scope> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let scope = Scope(rawValue: String(name)) else {
                throw UsageError(problem: "there is no scope \"\(name)\"")
            }
            scopes.insert(scope)
        }
        return scopes
    }

    /// The word after that name; both are taken out.
    private static func option(
        _ name: String, in words: inout [String]
    ) throws(UsageError) -> String? {
        guard let place = words.firstIndex(of: name) else { return nil }
        guard place + 1 < words.count else { throw UsageError(problem: "\(name) wants a value") }
        defer { words.removeSubrange(place...place + 1) }
        return words[place + 1]
    }

    private static func name(
        in words: inout [String], of command: String
    ) throws(UsageError) -> String {
        guard let word = words.first, !word.hasPrefix("-") else {
            throw UsageError(problem: "\(command) wants the name of a token")
        }
        words.removeFirst()
        return word
    }
}

extension Scope {
    /// Such as `read,send`.
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ",") }
}
