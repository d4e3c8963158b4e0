import JSON
import TestSupport

/// Somebody whose traces are looked for.
struct Traced {
    let phone: String
    let user: String
    let name: String
    /// Words that stand in their messages and nowhere else.
    let words: [String]

    init(_ index: Int) {
        phone = "91981234\(5_000 + index)"
        user = "IN.80077\(660_000 + index)"
        name = "Zyxwvona\(index)q"
        words = ["unforgettably\(index)quaint", "discreetly\(index)answered"]
    }

    /// What no file may have once they were erased.
    var needles: [String] { [phone, user, name] + words }

    var contact: JSONValue {
        [
            "profile": ["name": .string(name), "username": .string("@\(name)")],
            "wa_id": .string(phone), "user_id": .string(user),
        ]
    }

    func message(_ text: String, wamid: String) -> JSONValue {
        Payload.message(text, wamid: wamid, from: phone).adding(
            "from_user_id", .string(user))
    }

    /// A webhook of theirs.
    func webhook(_ text: String, wamid: String, number: String = Payload.phoneNumberID) -> [UInt8] {
        Payload.body([
            Payload.change(
                number, contacts: [contact], messages: [message(text, wamid: wamid)])
        ])
    }
}

/// What should have gone.
struct Left: Error {
    let traces: [String]
}

extension JSONValue {
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        var members = self.members ?? [:]
        members[name] = value
        return .object(members)
    }
}

extension TestGroup {
    /// Which file of the state directory has which of these texts, logs included.
    func traces(of needles: [String]) async throws -> [String] {
        // A search in Swift takes a debug build a minute. What is gone meanwhile, grep complains of.
        let found = try await runToEnd(
            "/usr/bin/grep",
            ["-r", "-a", "-o", "-F", "-s", "-D", "skip"] + needles.flatMap { ["-e", $0] }
                + [folder.path], environment: ["LC_ALL": "C"])
        let lines = found.output.split(separator: "\n").map { $0.dropFirst(folder.path.count + 1) }
        return Set(lines.map(String.init)).sorted()
    }

    /// Asks for somebody to be erased; durable then.
    func erase(_ contact: String) async throws -> HTTPAnswer {
        try await send("erase", #"{"contact":"\#(contact)"}"#)
    }

    /// Waits until no file has anything of them, and health says that nothing is left to do.
    func areGone(_ needles: [String], within limit: Duration = .seconds(60)) async throws {
        do {
            try await eventually("no file has anything of them", within: limit) {
                try await traces(of: needles).isEmpty
            }
        } catch is NeverHappened { throw Left(traces: try await traces(of: needles)) }
        try await eventually("health says that all is done", within: limit) {
            let processes = try await get("/api/health").json["processes"]
            return ["ingress", "provider", "inbox"].allSatisfy {
                processes?[$0]?["figures"]?["erasing"] == 0
            }
        }
    }

    /// Kills inbox, takes its file away, and waits until it was made anew from the journals.
    func rebuildInbox() async throws {
        if inbox.isRunning { inbox.kill() }
        for end in ["", "-wal", "-shm"] { removeFile(folder.file("inbox/inbox.db" + end)) }
        try await inbox.start()
        try await eventually("the journals were applied anew", within: .seconds(30)) {
            let audit = try await get("/api/whatsapp/audit").json
            let waiting = audit["days"]?.elements?.compactMap { $0["waiting"] } ?? []
            return audit["whole"] == .bool(true) && waiting.allSatisfy { $0 == 0 }
        }
    }
}
