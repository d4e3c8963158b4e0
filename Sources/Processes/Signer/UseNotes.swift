internal import Daemon
internal import Reactor
internal import Wire

/// When each secret proved something last, noted in `signer/used` so that a restart does not forget it.
struct UseNotes: ~Copyable {
    private let file: NoteFile
    private var uses: TokenUses

    /// Opens the notes of before.
    init(in stateDirectory: String) throws(SystemError) {
        file = try NoteFile("\(stateDirectory)/\(TokenUses.path)")
        uses = TokenUses(file.text(upTo: TokenUses.longestFile))
    }

    /// To the minute; nil when it never did.
    subscript(key: String) -> Timestamp? { uses[key] }

    /// Notes that a secret proved something, on the disk once a minute at most; `isKept` tells which of
    /// the notes of before still mean something.
    ///
    /// - Throws: `SystemError`: it is noted in memory only.
    mutating func note(
        _ key: String, at now: Int64, keeping isKept: (String) -> Bool
    ) throws(SystemError) {
        guard uses.note(key, at: now) else { return }
        uses.keep(isKept)
        try file.write(uses.text)
    }
}
