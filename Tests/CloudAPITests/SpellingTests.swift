import Testing

import CloudAPI

@Suite("Spelling")
struct SpellingTests {
    @Test(
        "counts letters put in, left out, changed and swapped",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "ab", 2), ("text", "text", 0), ("txt", "text", 1),
            ("texxt", "text", 1), ("tezt", "text", 1), ("tetx", "text", 1), ("form", "from", 1),
            ("mediaurl", "media_url", 1), ("kitten", "sitting", 3),
        ])
    func edits(left: String, right: String, count: Int) {
        #expect(Spelling.edits(Array(left.utf8), Array(right.utf8)) == count)
        #expect(Spelling.edits(Array(right.utf8), Array(left.utf8)) == count)
    }

    @Test(
        "names what was meant, or nothing when that is anybody's guess",
        arguments: [
            ("txt", "text"), ("Text", "text"), ("refernce", "reference"), ("To", "to"),
            ("priority", nil), ("x", nil), ("", nil), (String(repeating: "text", count: 11), nil),
        ])
    func nearest(given: String, meant: String?) {
        #expect(Spelling.nearest(to: given, among: ["to", "text", "reference"]) == meant)
    }
}
