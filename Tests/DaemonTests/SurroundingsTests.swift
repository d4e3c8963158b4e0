import FoundationEssentials
import Glibc
import Testing
import Wire

@testable import Daemon

@Suite("The surroundings")
struct SurroundingsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("name the variable that is missing, and an empty one is missing")
    func missing() {
        for surroundings in [Surroundings([:]), Surroundings(["GATEWAY_STATE_DIR": ""])] {
            #expect(failure { _ = try surroundings.require("WHATSAPP_X") } == "WHATSAPP_X")
            #expect(failure { _ = try surroundings.stateDirectory() } == "GATEWAY_STATE_DIR")
            #expect(failure { _ = try surroundings.mode() } == "GATEWAY_MODE")
        }
    }

    @Test("refuse a state directory that is not absolute")
    func relative() {
        let surroundings = Surroundings(["GATEWAY_STATE_DIR": "./var"])
        #expect(failure { _ = try surroundings.stateDirectory() } == "GATEWAY_STATE_DIR")
    }

    @Test("refuse a choice that is none, and say which there are")
    func choices() throws {
        let error = #expect(throws: SettingError.self) {
            try Surroundings(["GATEWAY_MODE": "Live"]).mode()
        }
        #expect(error?.name == "GATEWAY_MODE")
        #expect(error?.cure == "use one of stub, live")
        #expect(try Surroundings(["GATEWAY_MODE": "live"]).mode() == .live)
        let byDefault: Mode = try Surroundings([:]).choice("GATEWAY_MODE", default: .stub)
        #expect(byDefault == .stub)
    }

    @Test(
        "read a whole number within its range and refuse any other",
        arguments: [
            (nil, 5), ("", 5), ("1", 1), ("9", 9), ("0", nil), ("10", nil), ("x", nil),
            ("1.5", nil), (" 1", nil), ("99999999999999999999", nil),
        ] as [(String?, Int?)])
    func numbers(value: String?, number: Int?) throws {
        let surroundings = Surroundings(value.map { ["GATEWAY_N": $0] } ?? [:])
        guard let number else {
            let error = #expect(throws: SettingError.self) {
                try surroundings.integer("GATEWAY_N", default: 5, in: 1...9)
            }
            #expect(error?.name == "GATEWAY_N")
            #expect(error?.cure == "use a whole number from 1 to 9")
            return
        }
        #expect(try surroundings.integer("GATEWAY_N", default: 5, in: 1...9) == number)
    }

    @Test(
        "take a secret from its file, less one line end",
        arguments: [("abc", "abc"), ("abc\n", "abc"), (" a b ", " a b "), ("ключ\n", "ключ")])
    func secrets(content: String, secret: String) throws {
        let path = try folder.write(content)
        #expect(try Surroundings(["S_FILE": path]).secret("S") == secret)
        #expect(try Surroundings(["S": content]).secret("S") == content)
        #expect(try Surroundings([:]).secret("S") == nil)
    }

    @Test("refuse a secret that is given both ways, naming it")
    func bothWays() throws {
        let path = try folder.write("abc")
        #expect(failure { _ = try Surroundings(["S": "abc", "S_FILE": path]).secret("S") } == "S")
    }

    @Test(
        "refuse a secret's file that others may read", arguments: [0o640, 0o604, 0o610, 0o666])
    func modes(mode: mode_t) throws {
        let path = try folder.write("abc", mode: mode)
        let error = #expect(throws: SettingError.self) {
            try Surroundings(["S_FILE": path]).secret("S")
        }
        #expect(error?.name == "S_FILE")
        #expect(error?.cure == "chmod 600 it")
    }

    @Test("refuse a pipe in the place of a secret's file, without waiting for who writes to it")
    func pipe() throws {
        let path = "\(folder.path)/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        #expect(failure { _ = try Surroundings(["S_FILE": path]).secret("S") } == "S_FILE")
    }

    @Test(
        "refuse a secret's file that is not one line of text, without showing it",
        arguments: [
            Data(), Data("\n".utf8), Data("sesame\n\n".utf8), Data("sesame\nopen\n".utf8),
            Data("sesame\r\n".utf8), Data([0x73, 0xFF]), Data(repeating: 0x73, count: 4_097),
        ])
    func contents(content: Data) throws {
        let path = try folder.write(content)
        let error = #expect(throws: SettingError.self) {
            try Surroundings(["S_FILE": path]).secret("S")
        }
        #expect(error?.name == "S_FILE")
        #expect(error.map { "\($0)" }?.contains("sesame") == false)
    }

    @Test("take a secret's file of the largest size")
    func largest() throws {
        let path = try folder.write(Data(repeating: 0x73, count: 4_096))
        #expect(try Surroundings(["S_FILE": path]).secret("S")?.count == 4_096)
    }

    @Test("refuse a secret's file that is away or a directory", arguments: ["/none", ""])
    func unreadable(name: String) throws {
        let path = folder.path + name
        #expect(failure { _ = try Surroundings(["S_FILE": path]).secret("S") } == "S_FILE")
    }

    /// The variable that the error names; it must also stand at the front of the line for people.
    private func failure(_ body: () throws -> Void) -> String? {
        let error = #expect(throws: SettingError.self) { try body() }
        guard let error else { return nil }
        #expect("\(error)".hasPrefix("\(error.name): "))
        return error.name
    }
}
