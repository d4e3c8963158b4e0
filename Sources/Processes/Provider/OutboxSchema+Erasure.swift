extension OutboxSchema {
    // Files of erased people that are still on the disk: no row of `media` names them any more.
    static let erasure = """
        CREATE TABLE erased_files (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        """
}
