internal import CLibcrypto
package import FoundationEssentials

/// SHA-256 (FIPS 180-4), by libcrypto.
package enum SHA256 {
    package static let length = 32

    /// The digest of `data`: 32 bytes.
    package static func digest(_ data: some ContiguousBytes) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { output, count in
            data.withUnsafeBytes { bytes in
                let result = CLibcrypto.SHA256(
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
                    output.baseAddress)
                precondition(result != nil, "libcrypto has no SHA-256")
            }
            count = length
        }
    }
}

/// HMAC-SHA-256 (RFC 2104), by libcrypto.
package enum HMAC {
    /// The code of `message` under `key`: 32 bytes.
    package static func sha256(key: [UInt8], message: some ContiguousBytes) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.length) { output, count in
            message.withUnsafeBytes { bytes in
                var length: UInt32 = 0
                let result = CLibcrypto.HMAC(
                    EVP_sha256(), key, CInt(key.count),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
                    output.baseAddress,
                    &length)
                // Else the code would be whatever the memory held.
                precondition(result != nil && length == SHA256.length, "libcrypto has no HMAC")
            }
            count = SHA256.length
        }
    }
}

/// Whether both are the same, in a time that tells nothing about where they differ.
///
/// Their lengths are no secret.
package func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Lower-case hex digits, two a byte.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of an even number of hex digits of either case; nil for anything else.
    package static func decode(_ text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
