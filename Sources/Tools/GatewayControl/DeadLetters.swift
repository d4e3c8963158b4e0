internal import Daemon
internal import FoundationEssentials
internal import JSON

/// Lists, shows, retries and discards dead letters, over the API that callers use.
///
/// Returns 0 when it is done, 1 when the gateway refuses or has no such letter, 64 for wrong arguments.
func deadLetters(_ group: Group, _ arguments: [String]) throws -> CInt {
    let desk: DeadLetterDesk
    let command: DeadLetterCommand
    do throws(DeadLetterCommand.UsageError) { command = try DeadLetterCommand(arguments) } catch {
        complain("\(error)")
        return Exit.usage
    }
    desk = DeadLetterDesk(http: try group.http(), token: try group.token())
    return try desk.does(command) ? Exit.done : 1
}

/// Does what is asked for, and prints what came of it.
private struct DeadLetterDesk {
    private static let path = "/api/whatsapp/dead_letters"
    /// As many as the route gives at once.
    private static let pageLength = 200

    let http: GatewayHTTP
    let token: String?

    /// Whether it could be done.
    func does(_ command: DeadLetterCommand) throws -> Bool {
        switch command {
        case .list(let cause):
            let chosen = cause.map { "&cause=\($0)" } ?? ""
            return say(try ask("GET", "?limit=\(Self.pageLength)\(chosen)"), DeadLetterText.list)
        case .show(let id): return try show(id)
        case .retry(let choice, let isTrial): return try retry(choice, isTrial: isTrial)
        case .discard(let id):
            return say(try ask("DELETE", "/\(id)")) { _ in ["\(id) is off the list"] }
        }
    }

    private func show(_ id: String) throws -> Bool {
        var cursor = ""
        while true {
            let answer = try ask("GET", "?limit=\(Self.pageLength)\(cursor)")
            let letters = answer.content["dead_letters"]?.elements ?? []
            if let letter = letters.first(where: { $0["id"]?.text == id }) {
                return say(answer) { _ in DeadLetterText.whole(letter) }
            }
            guard answer.status == 200 else { return say(answer) { _ in [] } }
            guard let next = answer.content["next_cursor"]?.text else {
                complain("\(id) is no dead letter; ask /api/whatsapp/messages/\(id) for its story")
                return false
            }
            cursor = "&cursor=\(next)"
        }
    }

    private func retry(_ choice: DeadLetterCommand.Choice, isTrial: Bool) throws -> Bool {
        var body: [String: JSONValue] =
            switch choice {
            case .ids(let ids): ["ids": .array(ids.map(JSONValue.string))]
            case .cause(let cause): ["cause": .string(cause)]
            case .all: ["all": .bool(true)]
            }
        if isTrial { body["dry_run"] = .bool(true) }
        let answer = try ask("POST", "/retry", .object(body))
        if isTrial, answer.status == 400 {
            complain("this gateway cannot say beforehand what would be refused")
            return false
        }
        guard say(answer, { DeadLetterText.retried($0, isTrial: isTrial) }) else { return false }
        guard case .ids(let ids) = choice else { return true }
        let retried = Set((answer.content["retried"]?.elements ?? []).compactMap(\.text))
        let missing = ids.filter { !retried.contains($0) }
        for id in missing { complain("\(id) is no dead letter (any more)") }
        return missing.isEmpty
    }

    // MARK: HTTP

    private struct Reply {
        let status: Int
        let content: JSONValue
    }

    private func ask(_ method: String, _ rest: String, _ body: JSONValue? = nil) throws -> Reply {
        var headers = ["Content-Type: application/json"]
        if let token { headers.append("Authorization: Bearer \(token)") }
        let answer = try http.ask(
            method, Self.path + rest, headers: headers,
            body: body.map { [UInt8]($0.encoded()) } ?? []
        )
        let content = try? JSONValue(parsing: Data(answer.body.utf8))
        return Reply(status: answer.status, content: content ?? .null)
    }

    /// Prints an answer that is one, or complains; tells which.
    private func say(_ reply: Reply, _ lines: (JSONValue) -> [String]) -> Bool {
        guard reply.status == 200 else {
            complain("\(reply.status): \(DeadLetterText.problem(reply.content))")
            return false
        }
        for line in lines(reply.content) { print(line) }
        return true
    }
}
