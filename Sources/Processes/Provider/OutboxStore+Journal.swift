internal import Journal
internal import SQLite
internal import Wire

// The journal as its shipper sees it: a table beside the messages.

extension OutboxStore: RedactionSource {
    func extent() throws -> JournalExtent { try onTables { try $0.journal.extent() } }

    func batch(after seq: Int64, maximumBytes: Int) throws -> JournalBatch {
        try onTables { try $0.journal.batch(after: seq, maximumBytes: maximumBytes) }
    }

    func mark(at seq: Int64) throws -> UInt64? { try onTables { try $0.journal.mark(at: seq) } }

    func setShipped(_ seq: Int64) throws { try onTables { $0.journal.markShipped(seq) } }

    func renewOrigin() throws {
        try onTables { tables in
            try tables.database.transaction { try tables.journal.newOrigin() }
        }
    }
}

// The same as its redactor sees it.

extension OutboxStore {
    func lookedAt() throws -> Checked { try onTables { try $0.journal.lookedAt() } }

    func redact(_ bodies: [RedactedBody], checked: Checked) throws {
        try onTables { tables in
            try tables.database.transaction { try tables.journal.redact(bodies, checked: checked) }
        }
    }

    func sweep() throws { try onTables { try $0.journal.sweep() } }

    /// Whether file or log still have something of somebody who was erased, or a file of theirs is there.
    var leavesTraces: Bool {
        let leaves = try? onTables { tables in
            try tables.journal.leavesTraces || tables.erasures.isUncleaned()
                || !tables.erasures.leftFiles().isEmpty
        }
        return leaves ?? false
    }
}

// What an audit and a backup want of the file.

extension OutboxStore {
    /// The journal as an audit sees it.
    func ledger() throws -> JournalLedger { try onTables { try $0.journal.ledger(of: .provider) } }

    /// Bytes that a copy takes.
    func size() throws -> Int64 { try onTables { try $0.database.fileSize() } }

    /// Copies the file to `path` while commits go on.
    ///
    /// - Throws: `JournalError` when it is not open, `DatabaseCopy.Failure`.
    func copy(to path: String) async throws {
        let database = try onTables { $0.database }
        try await database.copy(to: path)
    }
}
