/// Finds settings that nobody reads, most often because a letter is wrong.
enum NameCheck {
    /// Every variable of the system; the README's table is the same.
    static let known: Set<String> = {
        // With the one before it, good during a rotation; Meta takes both access tokens by itself.
        let secrets = ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "GATEWAY_API_TOKEN"]
        var names: Set = [
            "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_ACCESS_TOKEN_FILE",
            "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_BUSINESS_ACCOUNT_ID", "WHATSAPP_API_VERSION",
            "WHATSAPP_GRAPH_URL", "GATEWAY_LISTEN", "GATEWAY_STATE_DIR", "GATEWAY_HOSTS",
            "GATEWAY_ALLOW_STUB", "GATEWAY_JOURNAL_DAYS", "GATEWAY_KEEP_DAYS", "GATEWAY_MEDIA_MB",
            "GATEWAY_PACING", "GATEWAY_SANDBOX",
            "GATEWAY_GRAPH_CONNECT_SECONDS", "GATEWAY_GRAPH_ANSWER_SECONDS",
            "GATEWAY_GRAPH_CA_FILE", "GATEWAY_NUMBER_RATE", "GATEWAY_SEND_MAX_AGE_HOURS",
            "GATEWAY_SEND_MAX_ATTEMPTS", "GATEWAY_SEND_ONLY_TO",
            // Derived by run.sh itself.
            "GATEWAY_MODE", "GATEWAY_AUTH", "GATEWAY_PARENT",
        ]
        for name in secrets {
            names.formUnion([name, "\(name)_FILE", "\(name)_PREVIOUS", "\(name)_PREVIOUS_FILE"])
        }
        return names
    }()

    /// Beyond this many differing letters a name is no typing error of another.
    private static let farthest = 5

    /// One line for each name that begins like ours and is none.
    static func warnings(for names: some Sequence<String>) -> [String] {
        let ours = names.filter { $0.hasPrefix("WHATSAPP_") || $0.hasPrefix("GATEWAY_") }
        return ours.filter { !known.contains($0) }.sorted().map { name in
            guard let nearest = nearest(to: name) else {
                return "\(name) is no setting; nothing reads it"
            }
            return "\(name) is no setting; did you mean \(nearest)?"
        }
    }

    private static func nearest(to name: String) -> String? {
        let ranked = known.map { (name: $0, distance: distance(name, $0)) }
        let best = ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return best.flatMap { $0.distance <= farthest ? $0.name : nil }
    }

    /// How many letters must be put in, taken out or changed (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (index, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let above = row[column + 1]
                row[column + 1] = min(
                    min(above, row[column]) + 1, diagonal + (byte == right[column] ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
