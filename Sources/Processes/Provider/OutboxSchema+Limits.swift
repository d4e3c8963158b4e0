extension OutboxSchema {
    // `failures` counts tries that are made again, throttles left out, since the intake or a replay.
    // `restored` has a row from a restore until what was unsettled is held for it.
    // `clock` has one row: which boot of the machine the steady time belongs to, and its offset.
    static let limits = """
        ALTER TABLE messages ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE restored (at INTEGER NOT NULL) STRICT;
        CREATE TABLE clock (boot TEXT NOT NULL, offset INTEGER NOT NULL) STRICT;
        """
}
