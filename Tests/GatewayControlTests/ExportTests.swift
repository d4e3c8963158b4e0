import JSON
import Testing

@testable import GatewayControl

@Suite("./run.sh export")
struct ExportTests {
    @Test(
        "reads a folder and options in any order",
        arguments: [
            ("out", "out", nil, true), ("--no-media out/", "out", nil, false),
            ("--contact +4360 /a/b//", "/a/b", "+4360", true), ("/", "/", nil, true),
            ("out --no-media --contact G1", "out", "G1", false),
        ] as [(String, String, String?, Bool)])
    func reads(line: String, folder: String, contact: String?, withMedia: Bool) throws {
        let order = try ExportOrder(line.split(separator: " ").map(String.init))
        #expect(order.folder == folder && order.contact == contact)
        #expect(order.withMedia == withMedia)
    }

    @Test(
        "refuses what makes no sense, and says what would",
        arguments: ["", "a b", "--contact", "a --contact --no-media", "a --all", "--contact 1"])
    func refuses(line: String) {
        let error = #expect(throws: ExportOrder.UsageError.self) {
            try ExportOrder(line.split(separator: " ").map(String.init))
        }
        #expect(error?.description.contains("./run.sh export DIR") == true)
    }

    @Test("finds every file that a message names, once, and no link")
    func namesFiles() {
        func ids(_ message: JSONValue) -> [String] {
            ExportedMedia.named(by: message).map(\.id)
        }
        let inbound: JSONValue = [
            "type": "image", "media": ["id": "1", "state": "stored"],
            "content": ["id": "1", "caption": "x"],
        ]
        #expect(ids(inbound) == ["1"])
        let sent: JSONValue = [
            "type": "document", "content": ["id": "2", "filename": "a.pdf"], "media": .null,
        ]
        #expect(
            ExportedMedia.named(by: sent) == [ExportedMedia(id: "2", filename: "a.pdf")])
        #expect(ids(["type": "video", "content": ["link": "https://example.com/a"]]).isEmpty)
        #expect(ids(["type": "text", "content": ["id": "3"]]).isEmpty)
        let template: JSONValue = [
            "type": "template",
            "content": [
                "components": [
                    ["parameters": [["type": "image", "image": ["id": "4"]]]],
                    ["parameters": [["type": "video", "video": ["id": "5"]], ["type": "text"]]],
                ]
            ],
        ]
        #expect(ids(template) == ["4", "5"])
        let interactive: JSONValue = [
            "type": "interactive",
            "content": ["header": ["type": "document", "document": ["id": "6"]]],
        ]
        #expect(ids(interactive) == ["6"])
    }

    @Test(
        "an id is its file's name only where it cannot be a path",
        arguments: [
            ("123", true), ("a-b_C9", true), (String(repeating: "1", count: 128), true),
            (String(repeating: "1", count: 129), false), ("", false), (".", false), ("..", false),
            ("../x", false), ("a/b", false), ("a.b", false), ("a\u{0}", false), ("ä", false),
        ])
    func safeNames(id: String, isKept: Bool) {
        let name = ExportedMedia(id: id, filename: nil).safeName
        #expect((name == id) == isKept)
        if !isKept { #expect(name.hasPrefix("id.") && name.utf8.count == 67) }
    }

    @Test("the head of an answer has its status, and its fields under any case")
    func heads() throws {
        let text = "HTTP/1.1 206 Partial Content\r\nContent-LENGTH: 12\r\nETag: \"a:b\"\r\nEmpty:"
        let head = try #require(IncomingAnswer.Head(Array(text.utf8)[...]))
        #expect(head.status == 206 && head["content-length"] == "12")
        #expect(head["etag"] == "\"a:b\"" && head["empty"] == "" && head["other"] == nil)
        for text in ["", "HTTP/1.1", "HTTP/1.1 x", "SSH-2.0 200"] {
            #expect(IncomingAnswer.Head(Array(text.utf8)[...]) == nil)
        }
    }
}
