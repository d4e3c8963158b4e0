extension OutboxSchema {
    // Files of erased people that are still on the disk: no row of `media` names them any more.
    static let erasure = """
        CREATE TABLE erased_files (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        """

    // One row from an erasure until no page of the file has anything left of it.
    static let cleaning = """
        CREATE TABLE uncleaned (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
        """
}
