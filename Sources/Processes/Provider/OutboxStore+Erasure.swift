internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Journal
internal import Wire

extension OutboxStore {
    /// Drops what is of an erased person: what was to go is given up first, and told to who waits.
    func erase(_ person: ErasedPerson, in tables: Tables, at now: Int64) throws -> [Changed] {
        let time = person.before.milliseconds
        var settled: [Changed] = []
        for recipient in try tables.erasures.recipients(of: person) {
            for number in try tables.erasures.unsettled(to: recipient, before: time) {
                let changed = try happened(
                    [.gaveUp(.erased)], to: number, in: tables, at: now)
                if let changed { settled.append(changed) }
            }
            try tables.erasures.blank(to: recipient, before: time, at: now)
        }
        try tables.erasures.forget(person)
        for conversation in person.conversations { try tables.readMarks.forget(conversation) }
        tables.journal.leavesTraces = true
        return settled
    }
}

extension ErasedPerson {
    /// Nil for other events.
    init?(_ event: Event) {
        guard event.type == InternalEvent.personErased.rawValue,
            let before = event.data["before"]?.text.flatMap(Timestamp.init(text:))
        else { return nil }
        self.init(
            keys: event.data["keys"]?.elements?.compactMap(\.text) ?? [], before: before,
            media: event.data["media"]?.elements?.compactMap(\.text) ?? [],
            conversations: event.data["conversations"]?.elements?.compactMap(\.text) ?? [])
    }
}
