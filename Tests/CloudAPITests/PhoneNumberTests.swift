import CloudAPI
import Testing

struct PhoneNumberTests {
    @Test(
        "all spellings of one number are read as one",
        arguments: [
            "+919876543210", " 919876543210", "919876543210", "+91 98765 43210", "91-98765-43210",
            "00919876543210", "+91 (98765) 43210", "\u{202A}+919876543210\u{202C}",
            "+91\u{A0}98765\u{2011}43210", "91.98765.43210",
        ])
    func reading(text: String) {
        #expect(PhoneNumber.forReading(text)?.digits == "919876543210")
        #expect(Recipient.forReading(text) == .phone("919876543210"))
    }

    @Test(
        "what is no number is not read as one",
        arguments: ["", " ", "+", "00", "Jana", "+91x", "91+98", "++91", "٩١٩٨", "wamid.1"])
    func notReading(text: String) {
        #expect(PhoneNumber.forReading(text) == nil)
    }

    @Test(
        "a user id is read and sent to as it is",
        arguments: ["AT.70011223344556677", "at.aB9", "AT.ENT.90011223344556677"])
    func userID(text: String) throws {
        #expect(Recipient.forReading(text) == .user(text))
        #expect(try PhoneNumber.forSending(text) == .user(text))
    }

    @Test("a user id has 1 to 128 letters and digits after its dot")
    func userIDLength() {
        #expect(!UserID.isValid("AT."))
        #expect(UserID.isValid("AT." + String(repeating: "1", count: 128)))
        #expect(!UserID.isValid("AT." + String(repeating: "1", count: 129)))
        #expect(UserID.isValid("AT.ENT." + String(repeating: "1", count: 128)))
        #expect(
            !UserID.isValid("A1.123") && !UserID.isValid("AT.12 3") && !UserID.isValid("AT-123"))
    }

    @Test(
        "marked international, or 11 to 15 bare digits, is sent to",
        arguments: [
            ("+43 660 5550122", "436605550122"), ("0043 660 5550122", "436605550122"),
            ("436605550122", "436605550122"), ("+2471234", "2471234"),
            ("12345678901", "12345678901"), ("123456789012345", "123456789012345"),
            ("+1 (631) 555-0122", "16315550122"),
        ])
    func sending(text: String, digits: String) throws {
        let recipient = try PhoneNumber.forSending(text)
        #expect(recipient == .phone(digits))
        #expect(recipient.display == "+" + digits)
    }

    @Test(
        "ten bare digits or fewer, or a leading 0, are refused with a guess",
        arguments: [
            ("9876543210", "91", "+919876543210"), ("09876543210", "91", "+919876543210"),
            ("9876543210", nil, nil), ("0660 5550122", nil, nil),
            ("0660 5550122", "43", "+436605550122"), ("+0436605550122", nil, "+436605550122"),
            ("000436605550122", "43", "+436605550122"), ("1", "43", nil),
        ] as [(String, String?, String?)])
    func guessing(text: String, home: String?, guess: String?) {
        let error = #expect(throws: RecipientError.self) {
            try PhoneNumber.forSending(text, homeCountryCode: home)
        }
        guard case .notInternational(_, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == guess)
        #expect(error?.hint.contains(guess ?? "+91…") == true)
    }

    @Test(
        "what is no recipient is refused by what it is",
        arguments: [
            ("", RecipientError.empty), ("  ", .empty), ("Jana", .notANumber("Jana")),
            ("+123456", .wrongLength(digits: 6)),
            ("+1234567890123456", .wrongLength(digits: 16)),
            ("1234567890123456", .wrongLength(digits: 16)),
        ])
    func refusing(text: String, error: RecipientError) {
        #expect(throws: error) { try PhoneNumber.forSending(text) }
        #expect(!error.message.isEmpty && !error.hint.isEmpty)
    }

    @Test(
        "two forms of one number have one key",
        arguments: [
            ("5511987654321", "551187654321"), ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
        ])
    func variants(one: String, other: String) throws {
        let long = try #require(PhoneNumber(digits: one))
        let short = try #require(PhoneNumber(digits: other))
        #expect(long.matchKey == short.matchKey)
        #expect(long.digits == one && short.digits == other)
        #expect(Recipient.phone(one).partyKey == "phone:" + long.matchKey)
    }

    @Test(
        "numbers that only look alike keep keys of their own",
        arguments: [
            "5511923456789",  // the 8 digits start with 2: a landline has no 9 in front
            "551123456789", "436605550122", "521551234567", "549112345678", "52155123456789",
        ])
    func noVariants(digits: String) {
        #expect(PhoneNumber(digits: digits)?.matchKey == digits)
    }
}
