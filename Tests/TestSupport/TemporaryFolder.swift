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
            // Another test may have set the mask that is all of theirs.
            chmod(name, 0o700)
            return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    package struct CannotMakeFolder: Error { package let code: CInt }

    deinit { removeAll(path) }

    /// The content of every file in it, as text.
    ///
    /// - Throws: `SystemError` for one that cannot be read.
    package func fileTexts() throws -> [String] {
        try files(path).map { String(decoding: try contents(of: $0), as: UTF8.self) }
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The paths of all regular files in a folder and the folders in it.
func files(_ path: String) -> [String] {
    entries(path).flatMap { name -> [String] in
        let inner = "\(path)/\(name)"
        var status = stat()
        guard lstat(inner, &status) == 0 else { return [] }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return files(inner)
        case S_IFREG: return [inner]
        default: return []
        }
    }
}

/// The names in a folder; none when it is no folder.
func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

private func removeAll(_ path: String) {
    for name in entries(path) { removeAll("\(path)/\(name)") }
    remove(path)
}
