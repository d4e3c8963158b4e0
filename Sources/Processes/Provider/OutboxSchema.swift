internal import Journal
internal import SQLite

/// The tables of outbox.db.
enum OutboxSchema {
    /// The steps from an empty file to what this release knows; a released one never changes.
    static let migrations = [
        JournalTable.migration, .sql(first), .sql(live), .sql(media), .sql(people),
        .sql(readMarks), JournalTable.daysMigration, .sql(limits),
        .sql(templates), .sql(erasure), JournalTable.redactionMigration, .sql(cleaning),
    ]

    /// A message's state is settled when it needs nothing more of us.
    static let settledStates = "state IN ('accepted', 'refused')"

    // `number` is the order of intake. `request` is the body for Meta but for the attempt's name,
    // `problem` why it is not on its way, `is_dead` whether it is among the dead letters.
    // A message may own several wamids: each attempt has its own.
    private static let first = """
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, mode TEXT NOT NULL,
            state TEXT NOT NULL, is_dead INTEGER NOT NULL, attempt INTEGER NOT NULL,
            wamid TEXT, problem BLOB, priority INTEGER NOT NULL, phone_number_id TEXT NOT NULL,
            recipient_kind TEXT NOT NULL, recipient TEXT NOT NULL, request BLOB NOT NULL,
            reference TEXT, on_unknown TEXT NOT NULL, taken_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, not_before INTEGER, expires_at INTEGER) STRICT;
        CREATE INDEX messages_by_state ON messages (state);
        CREATE INDEX messages_by_reference ON messages (reference) WHERE reference IS NOT NULL;
        CREATE INDEX messages_settled ON messages (changed_at) WHERE \(settledStates);

        CREATE TABLE attempts (
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
            number INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, wamid TEXT,
            problem BLOB, PRIMARY KEY (message, number)) STRICT, WITHOUT ROWID;
        CREATE INDEX attempts_by_wamid ON attempts (wamid) WHERE wamid IS NOT NULL;

        CREATE TABLE idempotency (
            key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL,
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE)
            STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_by_message ON idempotency (message);

        CREATE TABLE stub_life (
            message INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
            due INTEGER NOT NULL, status TEXT NOT NULL) STRICT;
        CREATE INDEX stub_life_by_due ON stub_life (due);
        """

    // `template` is name and language, `aged` how long it could have gone and did not, in ms.
    // `feed` has one row: up to where inbox's changes have had their effect here.
    // `replays` has the answers to requests to replay, so that a repeated one replays nothing.
    private static let live = """
        ALTER TABLE messages ADD COLUMN template TEXT;
        ALTER TABLE messages ADD COLUMN aged INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN discarded_at INTEGER;
        CREATE INDEX messages_dead ON messages (number) WHERE is_dead = 1;
        CREATE INDEX messages_discarded ON messages (discarded_at)
            WHERE discarded_at IS NOT NULL;
        CREATE TABLE feed (position TEXT NOT NULL) STRICT;
        CREATE TABLE replays (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, answer BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    // `file` is the name under provider/media, `sha256` what was announced until the file is stored,
    // `served_at` when somebody last had all of it, `not_before` when it may be fetched (again).
    private static let media = """
        CREATE TABLE media (
            id TEXT PRIMARY KEY, phone_number_id TEXT NOT NULL, origin TEXT NOT NULL,
            state TEXT NOT NULL, mime_type TEXT NOT NULL, size INTEGER, sha256 TEXT, filename TEXT,
            received_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, file TEXT,
            served_at INTEGER, not_before INTEGER NOT NULL, failures INTEGER NOT NULL,
            strikes INTEGER NOT NULL, problem BLOB) STRICT, WITHOUT ROWID;
        CREATE INDEX media_pending ON media (received_at) WHERE state = 'pending';
        CREATE INDEX media_stored ON media (served_at, size) WHERE state = 'stored';
        """

    // By account, as Graph listed them; `as_of` is when it was asked for the whole list.
    private static let templates = """
        CREATE TABLE templates (
            account TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
            template BLOB NOT NULL, PRIMARY KEY (account, name, language)) STRICT;
        CREATE TABLE template_lists (account TEXT PRIMARY KEY, as_of INTEGER NOT NULL) STRICT;
        """
}
