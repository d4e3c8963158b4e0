import FoundationEssentials
import JSON
import Testing

@testable import GatewayControl

@Suite("./run.sh dead-letters")
struct DeadLetterCommandTests {
    @Test(
        "reads what is asked for, options in any order",
        arguments: [
            ("", .list(cause: nil)), ("list", .list(cause: nil)),
            ("--cause restored", .list(cause: "restored")),
            ("list --cause outside_window", .list(cause: "outside_window")),
            ("show msg_a1", .show("msg_a1")), ("discard msg_a1", .discard("msg_a1")),
            ("retry msg_a msg_b", .retry(.ids(["msg_a", "msg_b"]), isTrial: false)),
            ("retry --dry-run msg_a", .retry(.ids(["msg_a"]), isTrial: true)),
            ("retry --cause restored", .retry(.cause("restored"), isTrial: false)),
            ("retry --dry-run --cause restored", .retry(.cause("restored"), isTrial: true)),
            ("retry --all --dry-run", .retry(.all, isTrial: true)),
        ] as [(String, DeadLetterCommand)])
    func reads(line: String, command: DeadLetterCommand) throws {
        #expect(try DeadLetterCommand(line.split(separator: " ").map(String.init)) == command)
    }

    @Test(
        "refuses what makes no sense, and says what would",
        arguments: [
            "frobnicate", "list outside_window", "list --cause", "list --cause a b",
            "list --cause a/b", "show", "show 5", "show msg_a msg_b", "discard", "retry",
            "retry --all msg_a", "retry --all --cause x", "retry --cause x msg_a", "retry wamid.x",
            "retry msg_a/../b",
        ])
    func refuses(line: String) {
        let error = #expect(throws: DeadLetterCommand.UsageError.self) {
            try DeadLetterCommand(line.split(separator: " ").map(String.init))
        }
        #expect(error?.description.contains("./run.sh dead-letters retry") == true)
    }

    private static let letter: JSONValue = [
        "id": "msg_a", "status": "failed", "cause": "outside_window", "to": "+919800000001",
        "phone_number_id": "100", "attempts": 2, "taken_at": "2026-09-01T00:00:00Z",
        "changed_at": "2026-09-01T00:00:05Z",
        "error": [
            "message": "Too late.", "hint": "Send a template.", "provider_code": 131_047,
        ],
        "request": ["to": "+919800000001", "text": ["body": "a/b"]],
    ]

    @Test("prints a table, the counts of all causes, and the next step")
    func list() {
        let lines = DeadLetterText.list([
            "dead_letters": [Self.letter],
            "counts": ["outside_window": 7, "outcome_unknown": 2], "next_cursor": "9",
        ])
        #expect(lines[0].hasPrefix("ID     CAUSE           TO "))
        #expect(
            lines[1]
                == "msg_a  outside_window  +919800000001  2026-09-01T00:00:05Z  2      Too late.")
        #expect(lines.contains("2 outcome_unknown") && lines.contains("7 outside_window"))
        #expect(lines.contains { $0.hasPrefix("… the newest 1") })
        #expect(lines.last?.hasPrefix("outcome_unknown: they may have arrived") == true)
    }

    @Test("says when there is none")
    func none() {
        #expect(DeadLetterText.list(["dead_letters": [], "counts": [:]]) == ["no dead letters"])
    }

    @Test("shows one with its error, its cure and its whole request")
    func whole() {
        let text = DeadLetterText.whole(Self.letter).joined(separator: "\n")
        for part in ["error.hint           Send a template.", "131047", "\"body\" : \"a/b\""] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("says how many go again, which would be refused, and whether more are left")
    func retried() {
        let answer: JSONValue = [
            "retried": ["msg_a", "msg_b"], "more": true,
            "would_be_refused": [
                ["id": "msg_c", "error": ["message": "Closed.", "hint": "Send a template."]]
            ],
        ]
        #expect(
            DeadLetterText.retried(answer, isTrial: true) == [
                "2 would go again", "msg_c would be refused: Closed. Send a template.",
                "more are left: run it once more",
            ])
        let plain = DeadLetterText.retried(["retried": ["msg_a"], "more": false], isTrial: false)
        #expect(plain == ["1 go again, in their order"])
    }
}
