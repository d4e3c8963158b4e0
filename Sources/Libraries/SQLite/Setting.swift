internal import CSQLite

/// A PRAGMA that our promises rest on, and what it must answer once it is set.
struct Setting {
    let name: String
    let value: String
    let answer: String

    private static let common = [
        // Not stored in the file, so per connection: FULL syncs the log in every COMMIT.
        Setting(name: "synchronous", value: "FULL", answer: "2"),
        Setting(name: "foreign_keys", value: "ON", answer: "1"),
        // A mapped page that can't be read is a SIGBUS instead of an error.
        Setting(name: "mmap_size", value: "0", answer: "0"),
        // What stands in a damaged or planted schema is not obeyed.
        Setting(name: "trusted_schema", value: "OFF", answer: "0"),
        Setting(name: "cell_size_check", value: "ON", answer: "1"),
        // What is deleted is written over, so that nobody finds in free pages who was erased. Debian's SQLite
        // does so by itself.
        Setting(name: "secure_delete", value: "ON", answer: "1"),
    ]

    static let writer =
        [
            // Nobody else writes: a lock that is held is a mistake to be told, not waited for.
            Setting(name: "busy_timeout", value: "0", answer: "0"),
            Setting(name: "journal_mode", value: "WAL", answer: "wal"),
        ] + common

    /// A reader waits a moment for a writer that recovers or empties the log, and never checkpoints.
    static let reader =
        [
            Setting(name: "busy_timeout", value: "1000", answer: "1000"),
            Setting(name: "wal_autocheckpoint", value: "0", answer: "0"),
            Setting(name: "query_only", value: "ON", answer: "1"),
        ] + common
}

extension Database {
    /// Keeps that many pages in memory; before the first statement.
    ///
    /// - Throws: `DatabaseError`.
    package func keepInMemory(pages: Int) throws {
        try apply([Setting(name: "cache_size", value: "\(pages)", answer: "\(pages)")])
    }

    /// Has the commit that brings the log to that many pages empty it, from now on.
    package func emptyLog(atPages pages: Int32) { sqlite3_wal_autocheckpoint(handle, pages) }

    /// Sets each and reads it back.
    func apply(_ settings: [Setting]) throws {
        for setting in settings {
            try execute("PRAGMA \(setting.name)=\(setting.value)")
            let found = try prepare("PRAGMA \(setting.name)").first { $0.text(0) } ?? "unknown"
            guard found == setting.answer else {
                throw DatabaseError.setting(
                    file: path, name: setting.name, wanted: setting.answer, found: found)
            }
        }
    }
}
