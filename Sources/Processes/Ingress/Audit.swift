internal import Wire

extension AuditReport {
    /// What the journals and inbox say of themselves, held against each other; pure.
    ///
    /// `day` as `2026-11-26`; nil for all there are.
    init(_ journals: [JournalLedger], _ inbox: AuditInbox.Answer, day: String?) {
        self.init(
            whole: true, days: [], gaps: [],
            journals: journals.map {
                Extent(process: $0.process, origin: $0.origin, oldest: $0.oldest, newest: $0.newest)
            })
        for journal in journals {
            let applied = inbox.applied.first { $0.origin == journal.origin }?.position.seq ?? 0
            for entry in journal.days where day == nil || entry.day == day {
                add(entry, of: journal, appliedTo: applied, inbox)
            }
        }
        days.sort { ($0.day, $0.process.rawValue) < ($1.day, $1.process.rawValue) }
        // Nobody knows the days of journals that are no more.
        if day == nil { addForeign(journals, inbox) }
        whole = gaps.isEmpty
    }

    private mutating func add(
        _ entry: JournalLedger.Day, of journal: JournalLedger, appliedTo applied: Int64,
        _ inbox: AuditInbox.Answer
    ) {
        let seqs = entry.first.value..<entry.first.value + entry.entries
        let reached = seqs.clamped(to: 0..<applied + 1)
        let lost = inbox.holes.filter { $0.origin == journal.origin }.reduce(0) { sum, hole in
            sum + seqs.clamped(to: hole.first.value..<hole.last.value + 1).count
        }
        let unread = inbox.unparsed.filter {
            $0.origin == journal.origin && seqs.contains($0.seq.value)
        }
        let setAside = Set(unread.filter(\.path.isEmpty).map(\.seq)).count
        days.append(
            Day(
                day: entry.day, process: journal.process, answered: entry.answered,
                entries: entry.entries, applied: Int64(reached.count - lost - setAside),
                waiting: Int64(seqs.count - reached.count), setAside: Int64(setAside),
                lost: Int64(lost)))
        let name = journal.process.rawValue
        if entry.answered > entry.entries {
            gaps.append(
                Gap(
                    .unjournaled,
                    "\(entry.day): \(entry.answered) answers, but \(entry.entries) entries in the journal of \(name)",
                    hint: "Report this, with the logs of \(name) of that day."))
        }
        if lost > 0 {
            gaps.append(.lost("\(entry.day): \(lost) entries of \(name)"))
        }
        gaps += unread.map(Gap.init)
    }

    /// What inbox noted of journals that are no more.
    private mutating func addForeign(_ journals: [JournalLedger], _ inbox: AuditInbox.Answer) {
        let origins = Set(journals.map(\.origin))
        for hole in inbox.holes where !origins.contains(hole.origin) {
            gaps.append(
                .lost("entries \(hole.first.value) to \(hole.last.value) of an earlier journal"))
        }
        gaps += inbox.unparsed.filter { !origins.contains($0.origin) }.map(Gap.init)
    }
}

extension AuditReport.Gap {
    fileprivate static func lost(_ what: String) -> Self {
        Self(
            .lost, "\(what) were gone before inbox had them",
            hint: "See `holes` in Protocols/alarms.md; a backup may have them.")
    }

    /// An entry, or a part of one, that inbox keeps and could not read.
    fileprivate init(_ part: AuditInbox.Unparsed) {
        let place = part.path.isEmpty ? "" : " at \(part.path)"
        self.init(
            part.path.isEmpty ? .setAside : .unreadPart,
            "\(part.at.text): entry \(part.seq.value) (\(part.kind))\(place): \(part.error)",
            hint: "It is kept as it came; see `unparsed` in Protocols/alarms.md.")
    }
}
