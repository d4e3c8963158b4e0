/// Which types of events a reader wants: names, and prefixes that end in `*` (`account.*`).
///
/// What is for provider alone is given to whoever names it, and to nobody else.
package struct KindFilter: Sendable {
    private let names: Set<String>
    private let prefixes: [String]

    package init(_ kinds: [String]) {
        names = Set(kinds.filter { !$0.hasSuffix("*") })
        prefixes = kinds.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    package func includes(_ type: String) -> Bool {
        if names.contains(type) { return true }
        guard InternalEvent(rawValue: type) == nil else { return false }
        return (names.isEmpty && prefixes.isEmpty) || prefixes.contains { type.hasPrefix($0) }
    }
}

/// The opaque id of an event: `<epoch>-<number>`.
package struct EventID: Equatable, Sendable {
    /// Random, made with the inbox that gave it.
    package let epoch: String
    package let number: Int64

    package init(epoch: String, number: Int64) {
        self.epoch = epoch
        self.number = number
    }

    /// Nil for what was never an id of any inbox.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let number = Int64(parts[1]), number >= 0,
            String(number) == parts[1]
        else { return nil }
        self.init(epoch: String(parts[0]), number: number)
    }

    package var text: String { "\(epoch)-\(number)" }
}
