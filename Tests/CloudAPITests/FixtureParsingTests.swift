import CloudAPI
import FoundationEssentials
import JSON
import Testing

/// Webhooks as JSON, read by us and by the toolchain's decoder.
struct FixtureParsingTests {
    @Test("every fixture is the same value as through the decoder", arguments: Fixture.all)
    func alike(fixture: Fixture) throws {
        let decoded = try JSONDecoder().decode(JSONValue.self, from: fixture.body)
        #expect(try JSONValue(parsing: fixture.body) == decoded)
        #expect(try JSONValue(parsing: decoded.encoded(.escaped)) == decoded)
    }

    @Test(
        "of a damaged fixture the same is read as through the decoder, or nothing",
        arguments: Fixture.all)
    func damaged(fixture: Fixture) throws {
        let bytes = try JSONDecoder().decode(JSONValue.self, from: fixture.body).encoded()
        // A byte of every part, and no more of the long ones than of the short.
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            for damage in [0x22, 0x2C, 0x5C, 0x7D, 0x39, 0xC3] as [UInt8] {
                var damaged = bytes
                damaged[place] = damage
                guard let found = try? JSONValue(parsing: damaged) else { continue }
                #expect(try found == JSONDecoder().decode(JSONValue.self, from: damaged))
            }
        }
    }
}
