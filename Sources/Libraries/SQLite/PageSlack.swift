internal import CSQLite

/// The part of a page in which nothing is stored: from the list of a tree page's cells to the first of them.
///
/// What is deleted is written over (`secure_delete`), but a page that SQLite lays out anew keeps there what it
/// moved to its neighbours: copies that outlive their row. (SQLite, "Database File Format", 1.6)
enum PageSlack {
    /// With more pages than this the first byte of an overflow page may look like a tree's: 128 GiB of 4 KiB.
    static let mostPages: Int64 = 1 << 25

    /// Where in the page it is; nil for a page that is not a tree's.
    ///
    /// `number` counts from 1.
    static func range(in page: UnsafeRawBufferPointer, number: Int64) -> Range<Int>? {
        // The file's own header comes first.
        let header = number == 1 ? 100 : 0
        let cells: Int
        switch page[header] {
        case 2, 5: cells = header + 12
        case 10, 13: cells = header + 8
        default: return nil
        }
        func integer(at place: Int) -> Int { Int(page[place]) << 8 | Int(page[place + 1]) }
        let begin = cells + 2 * integer(at: header + 3)
        let first = integer(at: header + 5)
        let end = first == 0 ? 65_536 : first
        guard begin <= end, end <= page.count else { return nil }
        return begin..<end
    }
}

extension Database {
    /// Bytes of the file in one step of `clean`: some milliseconds.
    private static let bytesCleaned: Int64 = 4 << 20

    /// Writes zeros over what rows of before left in the unused parts of some pages, from page `first` (1 or
    /// more) on; answers where to go on, nil at the end of the file.
    ///
    /// What is deleted while this goes through the file may have left something behind it: begin anew then.
    /// - Throws: `DatabaseError`; `busy` when another connection reads the log: try again.
    package func clean(from first: Int64) throws -> Int64? {
        guard !isInTransaction else { throw misuse("cleaning inside a transaction") }
        // Now the file has the newest of every page, and the log has none, also where nothing is cleaned.
        try checkpoint()
        let (count, size) = (try pragma("page_count"), try pageSize())
        // With pages about pages, which no file of ours has, the first byte does not say what a page is.
        guard first <= count, count < PageSlack.mostPages, try pragma("auto_vacuum") == 0
        else { return nil }
        let end = min(count + 1, first + max(1, Self.bytesCleaned / size))
        // None stays in memory, to be written back as it was.
        try check(sqlite3_db_release_memory(handle))
        try withFile { file, calls in
            var isChanged = false
            var page = [UInt8](repeating: 0, count: Int(size))
            for number in first..<end {
                let place = (number - 1) * size
                try check(calls.xRead(file, &page, Int32(size), place))
                guard let slack = page.withUnsafeBytes({ PageSlack.range(in: $0, number: number) }),
                    page[slack].contains(where: { $0 != 0 })
                else { continue }
                let zeros = [UInt8](repeating: 0, count: slack.count)
                try check(
                    calls.xWrite(file, zeros, Int32(zeros.count), place + Int64(slack.lowerBound)))
                isChanged = true
            }
            if isChanged { try check(calls.xSync(file, SQLITE_SYNC_NORMAL)) }
        }
        return end > count ? nil : end
    }

    /// Lends SQLite's own handle of the file: closing another one of it would drop its locks.
    private func withFile(
        _ body: (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) throws -> Void
    ) throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        try check(sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file))
        guard let file, let calls = file.pointee.pMethods?.pointee else {
            throw misuse("a database without a file")
        }
        try body(file, calls)
    }
}
