internal import CLinux
internal import FoundationEssentials
package import Wire

/// A setting that is missing or wrong: the process says so in one line, exits 78 and stays down.
package struct SettingError: Error, Hashable, CustomStringConvertible {
    /// The variable, such as `GATEWAY_LISTEN`.
    package let name: String
    /// What is wrong, without the value if it is a secret.
    package let problem: String
    /// What to do.
    package let cure: String

    package init(_ name: String, _ problem: String, cure: String) {
        self.name = name
        self.problem = problem
        self.cure = cure
    }

    package var description: String { "\(name): \(problem); \(cure)" }
}

/// The environment of a process, read once at its start.
package struct Surroundings: Sendable {
    /// Longer values are a file given by mistake.
    private static let longestSecretFile = 4_096

    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    /// The environment that this process was started with.
    package static var own: Surroundings { Surroundings(ProcessInfo.processInfo.environment) }

    /// The names of all that is set.
    package var names: some Sequence<String> { environment.keys }

    /// The value; nil when it is not set or empty.
    package func value(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }

    /// The value of a setting that has no default.
    package func require(_ name: String) throws(SettingError) -> String {
        guard let value = value(name) else {
            throw SettingError(name, "is not set", cure: "set it in the environment or in .env")
        }
        return value
    }

    /// One of the names of `Choice`.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default: Choice? = nil
    ) throws(SettingError) -> Choice {
        if value(name) == nil, let `default` { return `default` }
        let value = try require(name)
        guard let choice = Choice(rawValue: value) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(name, "is \"\(value)\"", cure: "use one of \(names)")
        }
        return choice
    }

    /// A whole number of that range.
    package func integer(
        _ name: String, default: Int, in range: ClosedRange<Int>
    ) throws(SettingError) -> Int {
        guard let value = value(name) else { return `default` }
        guard let number = Int(value), range.contains(number) else {
            throw SettingError(
                name, "is \"\(value)\"",
                cure: "use a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A secret, given as `NAME` or in the file that `NAME_FILE` names; nil when neither is set.
    ///
    /// The file must be readable by its owner alone; one line end at its end is not part of it.
    package func secret(_ name: String) throws(SettingError) -> String? {
        let fileName = name + "_FILE"
        guard let path = value(fileName) else { return value(name) }
        guard value(name) == nil else {
            throw SettingError(name, "is set beside \(fileName)", cure: "set only one of them")
        }
        let content: Data
        do {
            content = try PrivateFile.read(path, upTo: Self.longestSecretFile).content
        } catch {
            throw SettingError(fileName, "names a file that \(error.problem)", cure: error.cure)
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw SettingError(
                fileName, "names a file that holds no text", cure: "put the secret alone into it")
        }
        let secret = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !secret.isEmpty, !secret.contains(where: \.isNewline) else {
            throw SettingError(
                fileName, "names a file that is not one line", cure: "put the secret alone into it")
        }
        return secret
    }

    /// The directory of everything that is kept; absolute.
    package func stateDirectory() throws(SettingError) -> String {
        let path = try require("GATEWAY_STATE_DIR")
        guard path.hasPrefix("/") else {
            throw SettingError(
                "GATEWAY_STATE_DIR", "is not absolute", cure: "start through ./run.sh, or give /…")
        }
        return path
    }

    /// Whether Meta is real.
    package func mode() throws(SettingError) -> Mode { try choice("GATEWAY_MODE") }
}
