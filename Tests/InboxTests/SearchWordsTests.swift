import Testing

@testable import Inbox

@Suite("Words of texts and of queries")
struct SearchWordsTests {
    @Test(
        "a text is cut where its script has no blanks, around signs, and nowhere else",
        arguments: [
            ("Hello, world", "Hello, world"), ("", ""), ("café", " café"),
            ("東京都", " 東京 京都 都"), ("東", " 東"), ("iPhone手机 15", " iPhone 手机 机  15"),
            ("ok👍🏽ok", " ok 👍 ok"), ("ﾊﾛｰ", " ﾊﾛ ﾛｰ ｰ"), ("ＡＢＣ１", " ABC1"),
            ("سَلَام", " سلام"), ("Straße", " Strasse"), ("안녕 세상", " 안녕 세상"),
            ("नमस्ते दुनिया", " नमस्ते दुनिया"), ("a\0b", " a b"),
        ])
    func indexed(text: String, words: String) {
        #expect(SearchWords.indexed(text) == words)
    }

    @Test("what is longer than any message is not indexed to its end", arguments: ["a", "ä", "字"])
    func isBounded(letter: String) {
        let text = String(repeating: letter, count: SearchWords.longest + 1)
        let count = SearchWords.pieces(of: text).reduce(0) { count, piece in
            switch piece {
            case .words(let words): count + words.unicodeScalars.count
            case .run(let run): count + run.count
            case .sign: count + 1
            }
        }
        #expect(count == SearchWords.longest)
    }

    @Test(
        "a number is found by any three digits of it and more",
        arguments: [("", ""), ("12", ""), ("123", "123"), ("12345", "123 234 345")])
    func threes(digits: String, parts: String) { #expect(SearchWords.threes(digits) == parts) }

    @Test(
        "a query is words in quotes, whatever stands in it; the last may go on",
        arguments: [
            ("hello wor", #"words : ("hello" "wor"*)"#), ("hello wo", #"words : ("hello" "wo")"#),
            (#"a"b OR *"#, #"words : ("a""b" "OR" "*")"#), ("東京", #"words : ("東京")"#),
            ("東京都 駅", #"words : ("東京 京都" "駅"*)"#), ("😀", #"words : ("😀")"#),
            ("\"\u{301} OR x", "words : (\"\"\"\u{301}\" \"OR\" \"x\")"),
            ("a \u{345}bcd", "words : (\"a\" \"\u{345}bcd\"*)"),
            ("  ", #"words : ("")"#), ("", #"words : ("")"#), ("o'nei", #"words : ("o'nei"*)"#),
        ])
    func messages(query: String, expression: String) {
        #expect(SearchQuery(query).messages() == expression)
    }

    @Test("in a conversation, the conversation is one of the words")
    func inConversations() {
        #expect(
            SearchQuery("hi").messages(in: ["conv_1a", "conv_2b"])
                == #"words : ("hi") AND conversation : ("1a" OR "2b")"#)
    }

    @Test(
        "digits with blanks and dashes are a number, without its leading zeros",
        arguments: [
            ("660 000-00", #"(words : ("660" "000-00"*)) OR digits : "660 600 000 000 000 000""#),
            ("0043 1", #"(words : ("0043" "1"*)) OR digits : "431""#),
            ("00 0", #"(words : ("00" "0"*)) OR digits : "000""#), ("12", #"words : ("12"*)"#),
            ("a123", #"words : ("a123"*)"#), ("j", #"words : ("j"*)"#),
        ])
    func parties(query: String, expression: String) {
        #expect(SearchQuery(query).parties == expression)
    }
}
