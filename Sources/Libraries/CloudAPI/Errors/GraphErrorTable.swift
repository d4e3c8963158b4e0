/// Every error code of Meta's that is known here, and what follows for those that aren't.
package enum GraphErrorTable {
    /// By code; ranges have one element for each code.
    private static let byCode: [Int64: GraphErrorEntry] = {
        var entries: [Int64: GraphErrorEntry] = [:]
        for row in rows { for code in row.codes { entries[code] = row } }
        return entries
    }()

    /// What is known of a code; nil when Meta never documented it.
    package static func entry(for code: Int64) -> GraphErrorEntry? { byCode[code] }

    /// What an error means: by its code, else by how it came.
    ///
    /// Meta's own "this will pass" is believed of anything that would else be given up.
    package static func entry(
        code: Int64?, httpStatus: Int? = nil, isTransient: Bool = false
    ) -> GraphErrorEntry {
        if let code, let known = entry(for: code) {
            return isTransient && known.errorClass == .permanent
                ? unknown(code, .transient(tries: nil), "Nothing: Meta says that it will pass.")
                : known
        }
        let code = code ?? 0
        let status = httpStatus ?? 0
        if status == 429 {
            return unknown(code, .throttle(.number), "Send less, or later; nothing is lost.")
        }
        if status >= 500 || isTransient {
            return unknown(
                code, .transient(tries: nil), "Nothing: it is tried again. Report it if it lasts.")
        }
        if status == 401 {
            return unknown(
                code, .auth, "Check WHATSAPP_ACCESS_TOKEN and its permissions.")
        }
        return unknown(
            code, .permanent, "See the details; look the code up in Meta's error reference.")
    }

    private static func unknown(
        _ code: Int64, _ errorClass: ErrorClass, _ hint: String
    ) -> GraphErrorEntry {
        GraphErrorEntry(code, errorClass, "an error that Meta does not document", do: hint)
    }

    /// How often a link is tried that Meta could not fetch: it may have been the other server's moment.
    private static let fetchTries = 3

    /// What Meta's details say when a link, and not the file behind it, was the trouble.
    private static let fetchWords = ["http", "link", "url", "download", "timeout", "timed out"]

    /// The same, with the details taken into account where the code alone says too little.
    static func refined(_ entry: GraphErrorEntry, by details: String?) -> GraphErrorEntry {
        guard entry.codes.contains(131_053) || entry.codes.contains(131_014),
            entry.errorClass == .permanent, let details = details?.lowercased(),
            fetchWords.contains(where: details.contains)
        else { return entry }
        return GraphErrorEntry(
            entry.codes, .transient(tries: fetchTries), "Meta could not fetch the file",
            as: .rejectedByProvider,
            do:
                "Check that the link is public and answers fast; or upload the file and send its id."
        )
    }
}
