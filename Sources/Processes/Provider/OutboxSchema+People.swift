extension OutboxSchema {
    // `key` is one of inbox's keys (`phone:…`, `user:…`, `group:…`), `person` the smallest of a person's;
    // who has one key only is not in it. `wrote` has the newest message of a person to a number (Meta's
    // clock, ms): a row for each who ever wrote, some 60 bytes, and no more.
    static let people = """
        CREATE TABLE people (key TEXT PRIMARY KEY, person TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX people_by_person ON people (person);
        CREATE TABLE wrote (
            person TEXT NOT NULL, phone_number_id TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (person, phone_number_id)) STRICT, WITHOUT ROWID;
        """

    // `at` is the message's time by Meta's clock, `not_before` ours; both in ms.
    static let readMarks = """
        CREATE TABLE read_marks (
            conversation TEXT PRIMARY KEY, phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL,
            at INTEGER NOT NULL, tries INTEGER NOT NULL, not_before INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
        CREATE INDEX read_marks_by_number ON read_marks (phone_number_id, not_before, conversation);
        CREATE INDEX read_marks_by_age ON read_marks (at);
        """
}
