extension Schema {
    /// Who was erased, as hashes, and what must not come back with them.
    ///
    /// `erased_keys` has for each key up to which moment it is erased, and with which others (`person`);
    /// `erased_ids` has ids of messages, of files and of changes that are gone. Persons that were joined before
    /// links were kept get links as of the beginning of time, since an erasure goes by links.
    static let erasure = """
        CREATE TABLE erased_keys(
            key TEXT PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL,
            seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE erased_ids(id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE INDEX messages_in_groups ON messages(contact, user_id) WHERE group_id <> '';
        CREATE INDEX statuses_of_participants ON statuses(participant) WHERE participant <> '';
        INSERT OR IGNORE INTO links(one, other, at, seq, cause)
            SELECT person, key, 0, 0, 'message' FROM identities WHERE key <> person
            AND key NOT IN (SELECT one FROM links UNION SELECT other FROM links);
        """

    /// A row for each erasure whose words may still be in the index, or in the log.
    static let remains = """
        CREATE TABLE remains(number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL);
        """

    /// What became too old is swept out like what was erased, but once a day (`due`).
    ///
    /// The index is made anew for it. Statuses of messages that are not here are found by their age.
    static let retired = """
        ALTER TABLE remains ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX statuses_without_message ON statuses(at) WHERE message = '';
        """
}
