internal import CLibcrypto

/// The SHA-256 of what comes in parts, such as a file on its way.
// Unchecked: its owner is one actor or one transfer on the loop, and nobody else touches it.
package final class RunningSHA256: @unchecked Sendable {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("libcrypto has no SHA-256") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }

    /// The digest of all that came so far, as 64 lower-case hex digits; more may come.
    package func hex() -> String {
        guard let copy = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_MD_CTX_free(copy) }
        let digest = [UInt8](unsafeUninitializedCapacity: SHA256.length) { output, count in
            precondition(
                EVP_MD_CTX_copy_ex(copy, context) == 1
                    && EVP_DigestFinal_ex(copy, output.baseAddress, nil) == 1)
            count = SHA256.length
        }
        return Hex.encode(digest)
    }
}
