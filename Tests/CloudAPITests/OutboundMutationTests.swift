import CloudAPI
import JSON
import Testing

/// Whatever a caller puts anywhere: a body is read or refused with a field, and never more.
struct OutboundMutationTests {
    private static let strangers: [JSONValue] = [
        .null, true, -1, 1e300, "", "x", [], [.null], [:], ["type": "text"],
    ]

    /// The value with each part of it, one at a time, replaced by something else.
    private static func mutants(of value: JSONValue) -> [JSONValue] {
        var all = strangers
        if let members = value.members {
            for (name, member) in members {
                for mutant in mutants(of: member) {
                    all.append(.object(members.merging([name: mutant]) { _, new in new }))
                }
                all.append(.object(members.filter { $0.key != name }))
            }
        }
        if let elements = value.elements {
            for (index, element) in elements.enumerated() {
                for mutant in mutants(of: element) {
                    var copy = elements
                    copy[index] = mutant
                    all.append(.array(copy))
                }
            }
        }
        return all
    }

    @Test(
        "every part of every kind can be anything",
        arguments: OutboundRequestTests.others
            + OutboundRequestTests.interactives.map {
                OutboundRequestTests.body("interactive", $0)
            })
    func survives(body: JSONValue) {
        for mutant in Self.mutants(of: body) {
            do throws(OutboundError) {
                let request = try OutboundRequest.decode(cloudAPIBody: mutant)
                guard case .message(let message) = request else {
                    Issue.record("a read mark: \(mutant)")
                    continue
                }
                // What was taken can be sent.
                _ = try message.body()
                #expect(!message.content.listText.isEmpty)
            } catch {
                #expect(!error.field.isEmpty && !error.message.isEmpty && !error.hint.isEmpty)
            }
        }
    }
}
