-- inbox.db as release 0.1.0 made it, with one conversation.
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
CREATE TABLE changes(
    id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, at INTEGER NOT NULL,
    phone_number_id TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE epoch(value TEXT NOT NULL);
INSERT INTO epoch VALUES (lower(hex(randomblob(8))));
INSERT INTO origins VALUES ('00112233445566778899aabbccddeeff', 'ingress', 2, 77, 1790000000000);
INSERT INTO identities VALUES ('phone:919800000002', 'phone:919800000002');
INSERT INTO persons VALUES ('phone:919800000002', '919800000002', 1790000000000, '', 0, '', 0, 'Zoë', 1790000000000);
INSERT INTO conversations VALUES ('conv_ab141ad8a9da7907528a065de1', '100000000000001', 'phone:919800000002', 1790000060000, 'On its way', 'text', 'outbound', 1790000000000, 1, 0, 0);
INSERT INTO messages VALUES ('msg_a03d2784714ecea9fc36afdeb3', 'conv_ab141ad8a9da7907528a065de1', 'wamid.OLD.IN', 'inbound', 'stub', '100000000000001', '919800000002', '', '', 'image', 'a café bill', '', '{"id":"8800110022003300","mime_type":"image/jpeg","caption":"a café bill"}', '{"id":"8800110022003300","state":"remote","mime_type":"image/jpeg"}', '', '', 'received', '', '', 1790000000000, 1790000000500, 1, 1);
INSERT INTO messages VALUES ('msg_00000000000000000000000old', 'conv_ab141ad8a9da7907528a065de1', 'wamid.OLD.OUT', 'outbound', 'stub', '100000000000001', '919800000002', '', '', 'text', 'On its way', '', '{"body":"On its way"}', '', '', 'order-7', 'sent', '', 'api', 1790000060000, 1790000060000, 1, 0);
INSERT INTO wamids VALUES ('100000000000001', 'wamid.OLD.OUT', 'msg_00000000000000000000000old', 1);
INSERT INTO transitions VALUES ('msg_00000000000000000000000old', 1790000060000, 1, 'accepted', 1, 'wamid.OLD.OUT', '');
INSERT INTO statuses VALUES ('100000000000001', 'wamid.OLD.OUT', 'sent', '', 'msg_00000000000000000000000old', 1, 1790000061000, 1790000061100, 2, '');
INSERT INTO changes (type, at, phone_number_id, data) VALUES ('message.received', 1790000000500, '100000000000001', '{}');
PRAGMA user_version = 4;
