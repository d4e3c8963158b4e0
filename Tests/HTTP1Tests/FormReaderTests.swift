@testable import HTTP1
import Testing

/// Forms with files in them, as they arrive.
struct FormReaderTests {
    private struct Part: Hashable {
        let head: FormReader.PartHead
        var content: [UInt8] = []

        init(_ name: String, filename: String? = nil, type: String? = nil, _ text: String = "") {
            head = .init(name: name, filename: filename, contentType: type)
            content = Array(text.utf8)
        }

        init(_ head: FormReader.PartHead) { self.head = head }
    }

    /// What came of a form: its parts, and what was wrong or whether its end was seen.
    private struct Outcome: Hashable {
        var parts: [Part] = []
        var error: FormError?
        var isWhole = false
    }

    private func read(_ pieces: [ArraySlice<UInt8>], boundary: String = "bound") -> Outcome {
        var outcome = Outcome()
        do throws(FormError) {
            var reader = try FormReader(boundary: boundary)
            for piece in pieces {
                reader.append(Array(piece))
                events: while true {
                    switch try reader.next() {
                    case .needsBytes: break events
                    case .part(let head): outcome.parts.append(Part(head))
                    case .content(let bytes):
                        #expect(!bytes.isEmpty)
                        outcome.parts[outcome.parts.count - 1].content += bytes
                    case .end: outcome.isWhole = true
                    }
                }
            }
        } catch {
            outcome.error = error
        }
        return outcome
    }

    private func read(_ text: String, boundary: String = "bound") -> Outcome {
        let bytes = Array(text.utf8)
        let whole = read([bytes[...]], boundary: boundary)
        for cut in 0...bytes.count {
            #expect(
                read([bytes[..<cut], bytes[cut...]], boundary: boundary) == whole,
                "cut at \(cut): \(text)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }, boundary: boundary) == whole)
        return whole
    }

    private static func part(_ fields: String, _ content: String) -> String {
        "--bound\r\n\(fields)\r\n\r\n\(content)\r\n"
    }
    private static let named = "Content-Disposition: form-data; name=\"a\""

    @Test("a form as curl sends it has its parts, wherever it is cut")
    func curl() {
        let text =
            Self.part("Content-Disposition: form-data; name=\"messaging_product\"", "whatsapp")
            + Self.part(
                "Content-Disposition: form-data; name=\"file\"; filename=\"a b.png\"\r\n"
                    + "Content-Type: image/png", "\u{89}PNG\r\n\r\n--boun\r\n-\r\r\n--\n")
            + "--bound--\r\n"
        let outcome = read(text)
        #expect(
            outcome.parts == [
                Part("messaging_product", "whatsapp"),
                Part(
                    "file", filename: "a b.png", type: "image/png",
                    "\u{89}PNG\r\n\r\n--boun\r\n-\r\r\n--\n"),
            ])
        #expect(outcome.isWhole && outcome.error == nil)
    }

    @Test("what looks like a delimiter and is none is content")
    func nearly() {
        for content in [
            "", "\r", "\n", "\r\n", "\r\n\r\n", "\r\n--", "--bound", "--bound--", "\n--bound\r\n",
            "\r\n-bound", "\r\n--Bound\r\n", "\r\r\n--boun", "\r\n\r\n--boun\r\n--boun",
            "\r\n--\r\n--",
        ] {
            let outcome = read(Self.part(Self.named, content) + "--bound--")
            #expect(
                outcome.parts == [Part("a", content)] && outcome.isWhole,
                "\(content.debugDescription)")
        }
    }

    @Test("an empty line before the first delimiter and anything after the last are dropped")
    func around() {
        let outcome = read("\r\n" + Self.part(Self.named, "x") + "--bound--\r\nmore\r\n--bound\r\n")
        #expect(outcome.parts == [Part("a", "x")] && outcome.isWhole)
    }

    @Test("a form without its end is not whole, and what there is of it is read")
    func cutShort() {
        let text = Self.part(Self.named, "hello") + "--bound-"
        for end in 0..<text.utf8.count {
            let outcome = read([Array(text.utf8).prefix(end)])
            #expect(!outcome.isWhole && outcome.error == nil, "at \(end)")
        }
    }

    @Test(
        "a delimiter out of place is refused",
        arguments: [
            "x--bound\r\n", "\n--bound\r\n", "\r\n\r\n--bound\r\n", "--bounX", "--bound\n",
            "--bound \r\n", "--bound\rX", "--bound-X", " --bound", "preamble\r\n--bound\r\n",
        ])
    func delimiter(text: String) {
        #expect(read(text).error == .malformedDelimiter)
        if text.hasPrefix("--bound") {
            let later = read(
                Self.part(Self.named, "x") + text.replacing("--bounX", with: "--bound."))
            #expect(later.error == .malformedDelimiter)
        }
    }

    @Test(
        "a part's head that can't be read, or names nothing, is refused",
        arguments: [
            "", "X: y", "Content-Disposition: form-data",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name=",
            "Content-Disposition: form-data; name=a; name=b",
            "Content-Disposition : form-data; name=a",
            " Content-Disposition: form-data; name=a",
            "Content-Disposition: form-data; name=a\u{0}",
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=a",
            "Content-Disposition: form-data; name=a\r\nContent-Type: a/b\r\nContent-Type: a/b",
            "Content-Disposition: form-data; name=a\r\n folded",
            "Content-Disposition: form-data; name=a\nX: y",
            "Content-Disposition: form-data; name=a\rX: y", ": x",
        ])
    func head(fields: String) {
        let outcome = read("--bound\r\n\(fields)\r\n\r\nx\r\n--bound--")
        #expect(outcome.error == .malformedPartHead && outcome.parts.isEmpty)
    }

    @Test("names and file names are read as browsers and curl write them")
    func names() {
        for (fields, part) in [
            ("content-disposition: FORM-DATA; NAME=a", Part("a")),
            (Self.named + "; filename=\"\"", Part("a", filename: "")),
            (Self.named + ";filename=\"x\\\"y\\\\z.txt\"", Part("a", filename: "x\"y\\z.txt")),
            (Self.named + "; filename=\"C:\\dir\\x.txt\"", Part("a", filename: "C:\\dir\\x.txt")),
            (Self.named + "; filename=\"ü;=,.txt\" ; size=3", Part("a", filename: "ü;=,.txt")),
            (
                Self.named + "\r\nContent-Type:text/plain; charset=x\r\nX-More: 1",
                Part("a", type: "text/plain; charset=x")
            ),
        ] {
            #expect(read(Self.part(fields, "") + "--bound--").parts == [part], "\(fields)")
        }
    }

    @Test("a part's head has 4,096 bytes and not one more")
    func headLimit() {
        for (length, isGood) in [(4_096, true), (4_097, false)] {
            let start = Self.named + "\r\nX: "
            let fields = start + String(repeating: "x", count: length - start.utf8.count - 4)
            let text = Array((Self.part(fields, "") + "--bound--").utf8)
            #expect(read([text[...]]).error == (isGood ? nil : .malformedPartHead))
        }
    }

    @Test("a form has 16 parts and not one more")
    func partLimit() {
        for (count, isGood) in [(16, true), (17, false)] {
            let parts = String(repeating: Self.part(Self.named, "x"), count: count)
            let outcome = read([Array((parts + "--bound--").utf8)[...]])
            #expect(outcome.error == (isGood ? nil : .tooManyParts))
            #expect(outcome.parts.count == 16)
        }
    }

    @Test("a boundary has 1 to 70 of its characters, the last no blank")
    func boundary() throws {
        let longest = String(repeating: "b", count: 70)
        for good in ["b", longest, "----WebKitFormBoundaryA1", "a b", "'()+_,-./:=?"] {
            let text = "--\(good)\r\n\(Self.named)\r\n\r\nx\r\n--\(good)--"
            #expect(read(text, boundary: good).isWhole, "\(good)")
        }
        for bad in ["", longest + "b", "b ", "ü", "a\"b", "a\r\nb", "a*b"] {
            #expect(throws: FormError.malformedBoundary) { try FormReader(boundary: bad) }
        }
    }

    @Test("every byte can be content")
    func binary() {
        let content = (0..<3).flatMap { _ in (UInt8.min...UInt8.max) } + Array("\r\n--boun".utf8)
        let text =
            Array("--bound\r\n\(Self.named)\r\n\r\n".utf8) + content + Array("\r\n--bound--".utf8)
        for size in [1, 2, 3, 7, 64, 5_000] {
            let pieces = stride(from: 0, to: text.count, by: size).map {
                text[$0..<min(text.count, $0 + size)]
            }
            #expect(read(pieces).parts.map(\.content) == [content])
        }
    }
}
