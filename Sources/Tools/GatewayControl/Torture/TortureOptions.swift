/// How long a torture goes on, and what is shown of it.
struct TortureOptions: Hashable {
    /// Faults go on for that long; nil: until there were `kills`.
    var minutes: Int?
    /// Faults go on until so many processes were killed; nil: for `minutes`.
    var kills: Int?
    /// The order of faults and of traffic is the same for the same seed.
    var seed: UInt64
    /// The one kind of fault that there is; nil: all of them.
    var only: FaultKind?
    /// Whether each fault is shown as it happens.
    var isWatched = false
    /// Whether the state directory stays when something went wrong.
    var keeps = false

    /// Long enough for each kind of fault, and for nobody to be bored.
    static let usualMinutes = 2

    /// - Throws: `Usage`.
    init(_ arguments: [String], seed: UInt64 = .random(in: 1...999_999)) throws {
        self.seed = seed
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--watch": isWatched = true
            case "--keep": keeps = true
            case "--minutes": minutes = try Self.number(&rest, in: 1...1_440)
            case "--kills": kills = try Self.number(&rest, in: 1...1_000_000)
            case "--only":
                let name = rest.popFirst()
                only = FaultKind.allCases.first { $0.name == name }
                if only == nil { throw Usage() }
            case "--seed":
                guard let seed = rest.popFirst().flatMap({ UInt64($0) }) else { throw Usage() }
                self.seed = seed
            default: throw Usage()
            }
        }
        if minutes == nil, kills == nil { minutes = Self.usualMinutes }
    }

    private static func number(
        _ rest: inout ArraySlice<String>, in range: ClosedRange<Int>
    ) throws -> Int {
        guard let number = rest.popFirst().flatMap({ Int($0) }), range.contains(number) else {
            throw Usage()
        }
        return number
    }

    /// Whether there were faults enough; with both limits the first that is reached.
    func isEnough(after time: Duration, kills count: Int) -> Bool {
        if let kills, count >= kills { return true }
        if let minutes, time >= .seconds(60 * minutes) { return true }
        return false
    }

    struct Usage: Error, CustomStringConvertible {
        var description: String {
            "usage: torture [--minutes 1…1440] [--kills 1…1000000] [--seed N] [--only FAULT] [--watch] "
                + "[--keep]; FAULT is one of "
                + FaultKind.allCases.map { "'\($0.name)'" }.joined(separator: ", ")
        }
    }
}
