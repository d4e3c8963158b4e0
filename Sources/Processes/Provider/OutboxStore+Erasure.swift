internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Journal
internal import SQLite
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
        try tables.erasures.noteUncleaned()
        // Pages that were cleaned by now may have new copies, of rows that were moved while others went.
        uncleaned = 1
        return settled
    }

    /// Cleans some pages of the file if anybody was erased; answers whether there are more to clean.
    ///
    /// - Throws: `JournalError`.
    func clean() throws -> Bool {
        try onTables { tables in
            guard try tables.erasures.isUncleaned() else { return false }
            if let next = try tables.database.clean(from: uncleaned) {
                uncleaned = next
                return true
            }
            try tables.erasures.noteCleaned()
            return false
        }
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
