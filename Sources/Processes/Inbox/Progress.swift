internal import CloudAPI
internal import Wire

/// How far one message of ours got: what its outbox said and what Meta's statuses say of it.
///
/// A value without a database: the same set of both gives the same result, whatever came first.
struct Progress {
    /// One `OutboxTransition`.
    struct Transition: Hashable {
        var moment: Moment
        var status: MessageStatus
        var attempt: Int64
        var wamid = ""
        /// JSON of `Problem`.
        var error = ""
    }

    /// One status webhook.
    struct Report: Hashable {
        /// Our clock.
        var moment: Moment
        /// Meta's clock, milliseconds.
        var timestamp: Int64
        /// Meta's word; one that is new to us proves nothing.
        var name: String
        var attempt: Int64
        var wamid: String
        /// JSON of `Problem`.
        var error = ""
        /// The member of a group; empty outside of groups.
        var participant = ""
        /// JSON, as Meta writes it.
        var pricing = ""

        var state: DeliveryState? { CloudStatus(name: name).deliveryState }
    }

    var transitions: [Transition] = []
    var reports: [Report] = []

    /// What people see.
    struct Outcome: Equatable {
        var status: MessageStatus
        var error = ""
        var wamid = ""
    }

    /// Nil when nothing is known yet.
    ///
    /// Whatever proves delivery holds, of whichever attempt; else the newest attempt counts, and in it Meta's
    /// word over the outbox's, but for a failure after which the outbox began anew.
    var outcome: Outcome? {
        let last = transitions.max { ($0.moment, $0.attempt) < ($1.moment, $1.attempt) }
        guard let report = decidingReport else {
            return last.map { Outcome(status: $0.status, error: $0.error, wamid: wamid) }
        }
        if report.state == .failed, let last, last.moment > report.moment, last.beginsAnew {
            return Outcome(status: last.status, error: last.error, wamid: wamid)
        }
        return Outcome(
            status: report.state.flatMap { MessageStatus(rawValue: $0.rawValue) } ?? .accepted,
            error: report.error, wamid: wamid)
    }

    private var decidingReport: Report? {
        let members = reportsOfMembers
        guard !members.isEmpty else { return deciding(of: reports) }
        // Of a group the member it is farthest from, leaving out those it cannot reach, if it reaches any.
        let deciding = members.values.compactMap { self.deciding(of: $0) }
        let reached = deciding.filter { $0.state != .failed }
        return (reached.isEmpty ? deciding : reached).min(by: precedes)
    }

    private func deciding(of reports: [Report]) -> Report? {
        let proofs = reports.filter { $0.state != nil }
        if let delivered = proofs.filter({ $0.state.map { $0 >= .delivered } ?? false }).max(
            by: precedes)
        {
            return delivered
        }
        let newest = max(
            transitions.map(\.attempt).max() ?? 0, proofs.map(\.attempt).max() ?? 0)
        return proofs.filter { $0.attempt == newest }.max(by: precedes)
    }

    /// By rank; of one rank the first that came, so that an error stays the same one.
    private func precedes(_ left: Report, _ right: Report) -> Bool {
        guard left.state == right.state else {
            return (left.state ?? .accepted) < (right.state ?? .accepted)
        }
        return (left.moment, left.wamid, left.participant)
            > (right.moment, right.wamid, right.participant)
    }

    private var reportsOfMembers: [String: [Report]] {
        Dictionary(grouping: reports.filter { !$0.participant.isEmpty }, by: \.participant)
    }

    /// How far it got with one member of a group.
    struct Member: Equatable {
        var status: MessageStatus
        var statusAt: [String: Timestamp]
        /// JSON of `Problem`.
        var error: String
    }

    /// The members of a group that statuses told of, by their contact; none outside of groups.
    var members: [(contact: String, outcome: Member)] {
        reportsOfMembers.sorted { $0.key < $1.key }.compactMap { participant, reports in
            guard let report = deciding(of: reports), let state = report.state,
                let status = MessageStatus(rawValue: state.rawValue)
            else { return nil }
            return (
                Report.contact(of: participant),
                Member(
                    status: status, statusAt: Progress(reports: reports).statusAt,
                    error: report.error)
            )
        }
    }

    /// What Meta charges, as the status that proves most tells it.
    var pricing: String {
        reports.filter { !$0.pricing.isEmpty }.max(by: precedes)?.pricing ?? ""
    }

    /// The wamid of the newest attempt that has one.
    private var wamid: String {
        let named =
            transitions.filter { !$0.wamid.isEmpty }.map { ($0.attempt, $0.wamid) }
            + reports.map { ($0.attempt, $0.wamid) }
        return named.max { $0 < $1 }?.1 ?? ""
    }

    /// When each status was first reached, by its name.
    var statusAt: [String: Timestamp] {
        var first: [String: Int64] = [:]
        for step in steps {
            first[step.status.rawValue] = min(first[step.status.rawValue] ?? .max, step.at)
        }
        // A word that proves nothing, older or newer than this release, is kept with its time.
        for report in reports where report.state == nil {
            first[report.name] = min(first[report.name] ?? .max, report.timestamp)
        }
        return first.mapValues { Timestamp(milliseconds: $0) }
    }

    /// One thing that happened to it.
    struct Step: Equatable {
        /// By the clock of whoever tells it, milliseconds.
        var at: Int64
        var status: MessageStatus
        /// `webhook` or `outbox`.
        var source: String
        /// JSON of `Problem`.
        var error: String
        /// The contact of a group's member.
        var participant: String?
        /// When we were told.
        fileprivate var moment: Moment
    }

    /// All steps in their order: Meta's clock tells whole seconds, within which ours decides.
    var steps: [Step] {
        let ours = transitions.map {
            Step(
                at: $0.moment.at, status: $0.status, source: "outbox", error: $0.error,
                moment: $0.moment)
        }
        let metas = reports.compactMap { report in
            report.state.flatMap { MessageStatus(rawValue: $0.rawValue) }.map {
                Step(
                    at: report.timestamp, status: $0, source: "webhook", error: report.error,
                    participant: report.participant.isEmpty
                        ? nil : Report.contact(of: report.participant),
                    moment: report.moment)
            }
        }
        return (ours + metas).sorted {
            ($0.at / 1_000, $0.moment) < ($1.at / 1_000, $1.moment)
        }
    }
}

extension Progress.Report {
    /// A member as readers know them: `+` and the digits, or a user id.
    static func contact(of participant: String) -> String {
        PhoneNumber(digits: participant)?.international ?? participant
    }
}

extension Progress.Transition {
    /// Whether the outbox goes on with a message that had failed.
    fileprivate var beginsAnew: Bool {
        switch status {
        case .queued, .sending, .held: true
        case .accepted, .unknown, .refused, .failed: false
        case .received, .sent, .delivered, .read, .played: false
        }
    }
}
