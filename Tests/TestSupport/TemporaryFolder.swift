internal import Glibc

/// A folder of its own for one test, gone with everything in it when the test lets go of it.
package final class TemporaryFolder: Sendable {
    /// Absolute, without a slash at the end.
    package let path: String

    package init() throws {
        let template = Array("/tmp/gateway-test-XXXXXX".utf8CString)
        path = try template.withUnsafeBufferPointer { template in
            var name = Array(template)
            guard mkdtemp(&name) != nil else { throw CannotMakeFolder(code: errno) }
            return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    package struct CannotMakeFolder: Error { package let code: CInt }

    deinit { removeAll(path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
}

private func removeAll(_ path: String) {
    if let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { removeAll("\(path)/\(name)") }
        }
        closedir(folder)
    }
    remove(path)
}
