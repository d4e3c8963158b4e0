extension Schema {
    /// How many messages there are, kept by the table itself: to count a million takes longer than health may, and
    /// whoever adds or removes one need not think of it.
    static let counts = """
        CREATE TABLE counts(messages INTEGER NOT NULL);
        INSERT INTO counts SELECT count(*) FROM messages;
        CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
            UPDATE counts SET messages = messages + 1;
        END;
        CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN
            UPDATE counts SET messages = messages - 1;
        END;
        """

    /// One row while no process has the file open and the last one ended in order.
    static let ended = "CREATE TABLE ended(at INTEGER NOT NULL);"

    /// How often an entry was looked at again that was set aside since inbox ended while it was applied; NULL for
    /// what was read and refused.
    static let suspects = """
        ALTER TABLE unparsed ADD COLUMN looks INTEGER;
        UPDATE unparsed SET looks = 0 WHERE error LIKE 'inbox ended while it applied this%';
        CREATE INDEX suspects ON unparsed(looks, at, seq) WHERE looks IS NOT NULL;
        """
}
