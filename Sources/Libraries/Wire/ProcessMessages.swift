/// Whether Meta is real.
package enum Mode: String, Codable, CaseIterable, Sendable {
    /// No credentials: everything runs but Meta's answer is made here.
    case stub
    /// Sends go to Meta.
    case live
}

/// Who is at the other end: the first request on a connection, and its answer.
package struct Hello: Codable, Hashable, Sendable {
    /// `Protocol.version` of the side that speaks.
    package let `protocol`: Int
    package let process: String
    /// The release, such as `0.1.0`; only said, never compared.
    package let version: String
    package let mode: Mode
    package let pid: Int32
    /// The newest entry that this process answered for, if it keeps a journal.
    package let journal: JournalHead?

    package init(process: String, mode: Mode, pid: Int32, journal: JournalHead? = nil) {
        `protocol` = Protocol.version
        self.process = process
        version = Protocol.release
        self.mode = mode
        self.pid = pid
        self.journal = journal
    }
}

/// How is this process, and what is wrong with it? Answered by `signer`.
package struct DescribeSigner: Request {
    package static let operation = SignerOperation.describe
    package typealias Answer = ProcessReport
    package init() {}
}

/// How is this process, and what is wrong with it? Answered by `provider`.
package struct DescribeProvider: Request {
    package static let operation = ProviderOperation.describe
    package typealias Answer = ProcessReport
    package init() {}
}

/// How is this process, and what is wrong with it? Answered by `inbox`.
package struct DescribeInbox: Request {
    package static let operation = InboxOperation.describe
    package typealias Answer = ProcessReport
    package init() {}
}

/// What a process says about itself in health.
package struct ProcessReport: Codable, Hashable, Sendable {
    /// How much of a sandbox holds: all, less since the kernel lacks something, or none.
    package enum Sandbox: String, Codable, Sendable { case full, partial, off }

    package var process: Service
    package var version: String
    package var mode: Mode
    package var pid: Int32
    /// Starts since the group was started, less the first.
    package var restarts: Int
    package var startedAt: Timestamp
    /// How much of its sandbox holds; a warning names what does not.
    package var sandbox: Sandbox
    /// What makes the whole `degraded`.
    package var reasons: [Condition]
    /// What wants attention but leaves `ok`.
    package var warnings: [Condition]
    /// Counts by name, such as `unparsed`, `messages`.
    package var figures: [String: Int64]

    package init(
        process: Service, mode: Mode, pid: Int32, restarts: Int, startedAt: Timestamp,
        sandbox: Sandbox, reasons: [Condition] = [], warnings: [Condition] = [],
        figures: [String: Int64] = [:]
    ) {
        self.process = process
        version = Protocol.release
        self.mode = mode
        self.pid = pid
        self.restarts = restarts
        self.startedAt = startedAt
        self.sandbox = sandbox
        self.reasons = reasons
        self.warnings = warnings
        self.figures = figures
    }

    package enum CodingKeys: String, CodingKey {
        case process, version, mode, pid, restarts, sandbox, reasons, warnings, figures
        case startedAt = "started_at"
    }
}

/// Something a person should know, with what to do about it.
package struct Condition: Codable, Hashable, Sendable {
    /// For programs, such as `journal_behind`; never changes.
    package var code: String
    package var message: String
    package var hint: String

    package init(_ code: String, _ message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
