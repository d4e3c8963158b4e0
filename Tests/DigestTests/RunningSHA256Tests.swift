import Digest
import FoundationEssentials
import Testing

struct RunningSHA256Tests {
    @Test("parts give the digest of the whole, wherever it is cut", arguments: 0...65)
    func partsAreTheWhole(cut: Int) {
        let bytes = (0..<65).map { UInt8($0) }
        let running = RunningSHA256()
        bytes[..<cut].withUnsafeBytes { running.update($0) }
        bytes[cut...].withUnsafeBytes { running.update($0) }
        #expect(running.hex() == Hex.encode(SHA256.digest(Data(bytes))))
    }

    @Test("the digest of what came so far does not end it")
    func goesOn() {
        let running = RunningSHA256()
        #expect(running.hex() == Hex.encode(SHA256.digest(Data())))
        Array("abc".utf8).withUnsafeBytes { running.update($0) }
        // FIPS 180-4, the example "abc".
        #expect(
            running.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
