internal import Journal
internal import SQLite
internal import Wire

// The journal as its shipper sees it: a table beside the messages.

extension OutboxStore: JournalSource {
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
