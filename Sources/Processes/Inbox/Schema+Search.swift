extension Schema {
    /// The index of words, and lists of what is unread.
    ///
    /// `message_words` has no text of its own, and in its documents the words of a text and the conversation;
    /// their numbers are the messages' places. Words of all scripts and signs are kept whole, with their
    /// marks (`categories`); their first three letters are indexed too, so that beginnings are found as fast as
    /// words. `party_words` is small. What was kept before is brought in at the next start (`SearchFill`):
    /// `search_pending` says from where. `moves` are the places that conversations left, for who reads meanwhile.
    static let search = """
        ALTER TABLE messages ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
        CREATE UNIQUE INDEX messages_by_place ON messages(place) WHERE place > 0;
        CREATE VIRTUAL TABLE message_words USING fts5(
            words, conversation, content = '', columnsize = 0, prefix = '3',
            tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
        CREATE TABLE parties(
            number INTEGER PRIMARY KEY, conversation TEXT NOT NULL UNIQUE, words TEXT NOT NULL,
            digits TEXT NOT NULL);
        CREATE VIRTUAL TABLE party_words USING fts5(
            words, digits, content = 'parties', content_rowid = 'number', columnsize = 0,
            tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
        CREATE TABLE moves(
            number INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL,
            was_at INTEGER NOT NULL);
        CREATE TABLE search_pending(after INTEGER NOT NULL);
        INSERT INTO search_pending VALUES (0);
        CREATE INDEX conversations_unread ON conversations(last_at, id) WHERE unread > 0;
        CREATE INDEX conversations_unread_by_number
            ON conversations(phone_number_id, last_at, id) WHERE unread > 0;
        """
}
