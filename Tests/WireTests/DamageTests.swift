import FoundationEssentials
import JSON
import TestSupport
import Testing

@testable import Wire

@Suite("A damaged frame")
struct DamageTests {
    /// Mutants of each example; seeded, so that a failure comes again.
    private static let mutants = 300

    @Test("that is cut anywhere is malformed", arguments: Examples.requests)
    func cutRequests(name: String) throws {
        let frame = try trimmed(Examples.frame(name))
        #expect(throws: Never.self) { try IncomingRequest(frame) }
        for length in 0..<frame.count {
            #expect(throws: WireError.self) { try IncomingRequest(frame.prefix(length)) }
        }
    }

    @Test("that is cut anywhere is malformed as an answer too", arguments: Examples.answers)
    func cutAnswers(name: String) throws {
        let frame = try trimmed(Examples.frame(name))
        let decoder = JSONDecoder()
        #expect(throws: Never.self) { try IncomingAnswer(frame, with: decoder) }
        for length in 0..<frame.count {
            #expect(throws: WireError.self) {
                try IncomingAnswer(frame.prefix(length), with: decoder)
            }
        }
    }

    @Test("is read or refused, and never more", arguments: Examples.types)
    func mutantsAreSurvived(type: ExampleType) throws {
        var random = Seeded(1)
        for (name, read) in [("request", type.rewriteRequest), ("answer", type.rewriteAnswer)] {
            let frame = try Examples.frame("\(type.method).\(name)")
            for _ in 0..<Self.mutants {
                var mutant = frame
                for _ in 0..<Int.random(in: 1...4, using: &random) { mutant.mutate(with: &random) }
                // A slice, as a decoder sees it that must not count from zero.
                let slice = (Data([0x20]) + mutant).dropFirst()
                do { _ = try read(slice) } catch is WireError {}
            }
        }
    }

    private func trimmed(_ frame: Data) -> Data {
        frame.last == UInt8(ascii: "\n") ? frame.dropLast() : frame
    }
}

extension Data {
    fileprivate mutating func mutate(with random: inout Seeded) {
        // Bytes that mean something in JSON are likelier than others.
        let telling = Array("{}[]\",:\\0-+eEu \n".utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xFF]
        guard let index = indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: self[index] = UInt8.random(in: 0...255, using: &random)
        case 1: self[index] = telling.randomElement(using: &random) ?? 0
        case 2: remove(at: index)
        case 3: insert(telling.randomElement(using: &random) ?? 0, at: index)
        default:
            let end = Swift.min(endIndex, index + Int.random(in: 1...40, using: &random))
            append(contentsOf: Array(self[index..<end]))
        }
    }
}
