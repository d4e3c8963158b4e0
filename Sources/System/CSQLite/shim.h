#pragma once
#include <sqlite3.h>

/* SQLITE_TRANSIENT and SQLITE_STATIC are casts that Swift cannot import. */
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}
/* The bytes must stay where they are until the statement was reset. */
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_STATIC);
}
/* The errno of the last failed call on the log, else on the file: sqlite3_system_errno() is overwritten by the roll-back. */
static inline int csqlite_last_errno(sqlite3 *database) {
    int kinds[2] = {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER};
    for (int i = 0; i < 2; i++) {
        sqlite3_file *file = 0;
        int code = 0;
        if (sqlite3_file_control(database, "main", kinds[i], &file) != SQLITE_OK) continue;
        if (!file || !file->pMethods) continue;
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code);
        if (code) return code;
    }
    return 0;
}
/* Lets no allocation be counted, which takes a lock that all connections share; before the first one is opened. */
static inline int csqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
