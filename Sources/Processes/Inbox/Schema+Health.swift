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
}
