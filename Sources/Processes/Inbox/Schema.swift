internal import SQLite

/// The tables of inbox.db, as steps that are only ever added to.
///
/// Columns of keys are NOT NULL with `''` for absent: SQLite takes two NULLs for different, and a
/// thousand duplicates would be a thousand rows. Times are milliseconds since 1970; `*_at` beside a
/// `*_seq` is a `Moment`.
enum Schema {
    static let migrations = [
        journals, people, messages, feed, media, kinds, search, counts, ended, erasure,
        fewerIndexes, suspects, remains, retired,
    ].map(Migration.sql)

    /// Where each journal stands, and what could not be applied.
    private static let journals = """
        CREATE TABLE origins(
            origin TEXT PRIMARY KEY, process TEXT NOT NULL, seq INTEGER NOT NULL,
            mark INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE trying(
            origin TEXT PRIMARY KEY, seq INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE holes(
            origin TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY(origin, first)) WITHOUT ROWID;
        CREATE TABLE unparsed(
            key TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            origin TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, error TEXT NOT NULL,
            raw BLOB NOT NULL);
        CREATE TABLE account_events(
            key TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, field TEXT NOT NULL,
            raw TEXT NOT NULL);
        """

    /// Who is who.
    ///
    /// A conversation holds what its list shows, so that a page is one range of one index.
    private static let people = """
        CREATE TABLE identities(key TEXT PRIMARY KEY, person TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX identities_by_person ON identities(person);
        CREATE TABLE persons(
            key TEXT PRIMARY KEY,
            phone TEXT NOT NULL, phone_at INTEGER NOT NULL,
            user_id TEXT NOT NULL, user_id_at INTEGER NOT NULL,
            username TEXT NOT NULL, username_at INTEGER NOT NULL,
            name TEXT NOT NULL, name_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE read_marks(
            key TEXT NOT NULL, phone_number_id TEXT NOT NULL, at INTEGER NOT NULL,
            seq INTEGER NOT NULL, PRIMARY KEY(key, phone_number_id)) WITHOUT ROWID;
        CREATE TABLE conversations(
            id TEXT NOT NULL PRIMARY KEY, phone_number_id TEXT NOT NULL, party TEXT NOT NULL,
            last_at INTEGER NOT NULL, last_text TEXT NOT NULL, last_type TEXT NOT NULL,
            last_direction TEXT NOT NULL, window_at INTEGER NOT NULL, unread INTEGER NOT NULL,
            read_at INTEGER NOT NULL, read_seq INTEGER NOT NULL);
        CREATE INDEX conversations_by_last ON conversations(last_at, id);
        CREATE INDEX conversations_by_number ON conversations(phone_number_id, last_at, id);
        CREATE INDEX conversations_by_party ON conversations(party, phone_number_id);
        """

    /// What was written.
    ///
    /// A status may come before the message it is about and waits under its wamid.
    private static let messages = """
        CREATE TABLE messages(
            id TEXT NOT NULL PRIMARY KEY, conversation TEXT NOT NULL, wamid TEXT NOT NULL,
            direction TEXT NOT NULL, provider TEXT NOT NULL, phone_number_id TEXT NOT NULL,
            contact TEXT NOT NULL, user_id TEXT NOT NULL, group_id TEXT NOT NULL,
            type TEXT NOT NULL, text TEXT NOT NULL, line TEXT NOT NULL, content TEXT NOT NULL,
            media TEXT NOT NULL, reply_to TEXT NOT NULL, reference TEXT NOT NULL,
            status TEXT NOT NULL, error TEXT NOT NULL, sent_by TEXT NOT NULL,
            timestamp INTEGER NOT NULL, received_at INTEGER NOT NULL,
            received_seq INTEGER NOT NULL, opens_window INTEGER NOT NULL);
        CREATE INDEX messages_by_time ON messages(conversation, timestamp, id);
        CREATE INDEX messages_to_read ON messages(conversation, received_at, received_seq)
            WHERE opens_window = 1;
        CREATE INDEX messages_by_wamid ON messages(wamid, id) WHERE wamid <> '';
        CREATE INDEX messages_by_reference ON messages(reference, timestamp, id)
            WHERE reference <> '';
        CREATE TABLE statuses(
            phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL, status TEXT NOT NULL,
            participant TEXT NOT NULL, message TEXT NOT NULL, attempt INTEGER NOT NULL,
            timestamp INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY(phone_number_id, wamid, status, participant)) WITHOUT ROWID;
        CREATE INDEX statuses_by_message ON statuses(message) WHERE message <> '';
        CREATE TABLE wamids(
            phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL, message TEXT NOT NULL,
            attempt INTEGER NOT NULL, PRIMARY KEY(phone_number_id, wamid)) WITHOUT ROWID;
        CREATE INDEX wamids_by_name ON wamids(wamid);
        CREATE INDEX wamids_by_message ON wamids(message, attempt);
        CREATE TABLE transitions(
            message TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            status TEXT NOT NULL, attempt INTEGER NOT NULL, wamid TEXT NOT NULL,
            error TEXT NOT NULL, PRIMARY KEY(message, at, seq, status)) WITHOUT ROWID;
        """

    /// What readers follow; the epoch is made with the file, so that an id of another one is known.
    private static let feed = """
        CREATE TABLE changes(
            id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, at INTEGER NOT NULL,
            phone_number_id TEXT NOT NULL, data TEXT NOT NULL);
        CREATE TABLE epoch(value TEXT NOT NULL);
        INSERT INTO epoch VALUES (lower(hex(randomblob(8))));
        """

    /// How it stands with files, by Meta's id, and which messages have them; `body` is JSON of the newest
    /// `MediaTransition`.
    private static let media = """
        CREATE TABLE media(
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            body TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE media_of(
            media TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY(media, message)) WITHOUT ROWID;
        INSERT INTO media_of SELECT json_extract(media, '$.id'), id FROM messages
            WHERE json_extract(nullif(media, ''), '$.id') IS NOT NULL;
        UPDATE messages SET media = replace(media, '"state":"remote"', '"state":"pending"')
            WHERE media <> '';
        """

    /// What comes after a message and changes it, messages of the business's own app, and what the account's
    /// events mean.
    ///
    /// An edited or revoked message shows what it says now; `originals` has what it said at first. `standing`
    /// is 1 for what counts: the last reaction of each person, and what the message's author changed.
    /// `links` says why two keys are one person.
    private static let kinds = """
        ALTER TABLE messages ADD COLUMN origin TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN precedence INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN context TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN referral TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN raw TEXT NOT NULL DEFAULT '';
        ALTER TABLE messages ADD COLUMN edited_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN revoked_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN told_status TEXT NOT NULL DEFAULT '';
        CREATE INDEX messages_with_referral ON messages(conversation, timestamp)
            WHERE referral <> '';
        CREATE TABLE amendments(
            id TEXT NOT NULL PRIMARY KEY, phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL,
            kind TEXT NOT NULL, target TEXT NOT NULL, conversation TEXT NOT NULL,
            author TEXT NOT NULL, contact TEXT NOT NULL, emoji TEXT NOT NULL,
            type TEXT NOT NULL, text TEXT NOT NULL, line TEXT NOT NULL, content TEXT NOT NULL,
            timestamp INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            standing INTEGER NOT NULL);
        CREATE INDEX amendments_by_target ON amendments(phone_number_id, target);
        CREATE INDEX amendments_by_author ON amendments(author, phone_number_id, target);
        CREATE INDEX amendments_by_time ON amendments(conversation, timestamp, id);
        CREATE INDEX amendments_by_wamid ON amendments(wamid, id) WHERE wamid <> '';
        CREATE TABLE originals(
            message TEXT PRIMARY KEY, type TEXT NOT NULL, text TEXT NOT NULL, line TEXT NOT NULL,
            content TEXT NOT NULL) WITHOUT ROWID;
        ALTER TABLE statuses ADD COLUMN pricing TEXT NOT NULL DEFAULT '';
        ALTER TABLE persons ADD COLUMN marketing TEXT NOT NULL DEFAULT '';
        ALTER TABLE persons ADD COLUMN marketing_at INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE links(
            one TEXT NOT NULL, other TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
            cause TEXT NOT NULL, PRIMARY KEY(one, other)) WITHOUT ROWID;
        ALTER TABLE conversations ADD COLUMN free_until INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE account_events ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE account_events ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        ALTER TABLE account_events ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
        CREATE INDEX account_events_by_subject ON account_events(subject, time, at, key)
            WHERE subject <> '';
        CREATE INDEX account_troubles ON account_events(time, at, key) WHERE trouble <> '';
        CREATE TABLE unknown_names(
            place TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY(place, name)) WITHOUT ROWID;
        """
}
