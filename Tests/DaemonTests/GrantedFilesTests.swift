import Glibc
import TestSupport
import Testing

@testable import Daemon

/// Whether what a sandbox lets read is still what was there.
struct GrantedFilesTests {
    @Test("a file is replaced when another has its name, not when its content changes")
    func tellsReplaced() throws {
        let folder = try TemporaryFolder()
        let (kept, late) = (folder.file("kept"), folder.file("late"))
        try write("one", to: kept)
        let files = GrantedFiles([folder.path, kept, late])
        #expect(files.replaced() == nil)
        try write("two", to: kept)
        #expect(files.replaced() == nil)
        try write("new", to: folder.file("new"))
        #expect(rename(folder.file("new"), kept) == 0)
        #expect(files.replaced() == kept)
    }

    @Test("one that comes later counts as replaced, one that goes does not")
    func tellsNew() throws {
        let folder = try TemporaryFolder()
        let (kept, late) = (folder.file("kept"), folder.file("late"))
        try write("one", to: kept)
        let files = GrantedFiles([kept, late])
        #expect(unlink(kept) == 0)
        #expect(files.replaced() == nil)
        try write("one", to: late)
        #expect(files.replaced() == late)
        #expect(GrantedFiles([folder.path]).isEmpty)
    }

    private func write(_ text: String, to path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(number >= 0)
        defer { close(number) }
        #expect(Glibc.write(number, text, text.utf8.count) == text.utf8.count)
    }
}
