internal import Glibc

/// The single files of others that a sandbox lets read, as they were when it was closed.
///
/// The kernel gives rights on the file that was there, not on its name: what is put in its place
/// later, as a new list of name servers is, stays out of reach until the process starts anew.
package struct GrantedFiles: Hashable, Sendable {
    /// How soon a replaced file is noticed.
    static let interval = Duration.seconds(5)

    private struct Identity: Hashable {
        let device: UInt
        let file: UInt
    }

    private let identities: [String: Identity?]

    /// Looks at those of `paths` that are files, or are not there.
    init(_ paths: [String]) {
        var identities: [String: Identity?] = [:]
        for path in paths {
            var status = stat()
            let isThere = stat(path, &status) == 0
            guard !isThere || status.st_mode & S_IFMT != S_IFDIR else { continue }
            identities.updateValue(Self.identity(of: path), forKey: path)
        }
        self.identities = identities
    }

    var isEmpty: Bool { identities.isEmpty }

    /// A path that leads to another file by now.
    func replaced() -> String? {
        identities.first { path, then in
            guard let now = Self.identity(of: path) else { return false }
            return now != then
        }?.key
    }

    private static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt(status.st_dev), file: UInt(status.st_ino))
    }
}
