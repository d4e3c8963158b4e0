extension Schema {
    /// Fewer indexes: in a large file each costs every message a page somewhere else.
    ///
    /// A wamid leads its table's key, which then finds it without its number too; what is unread, which is
    /// never much, is one list for all numbers.
    static let fewerIndexes = """
        DROP INDEX wamids_by_name;
        DROP INDEX wamids_by_message;
        ALTER TABLE wamids RENAME TO wamids_by_number;
        CREATE TABLE wamids(
            wamid TEXT NOT NULL, phone_number_id TEXT NOT NULL, message TEXT NOT NULL,
            attempt INTEGER NOT NULL, PRIMARY KEY(wamid, phone_number_id)) WITHOUT ROWID;
        INSERT INTO wamids(wamid, phone_number_id, message, attempt)
            SELECT wamid, phone_number_id, message, attempt FROM wamids_by_number ORDER BY 1, 2;
        DROP TABLE wamids_by_number;
        CREATE INDEX wamids_by_message ON wamids(message, attempt);
        DROP INDEX conversations_unread;
        DROP INDEX conversations_unread_by_number;
        CREATE INDEX conversations_unread ON conversations(last_at, id, phone_number_id)
            WHERE unread > 0;
        """
}
