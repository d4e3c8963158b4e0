import Digest
import FoundationEssentials
import IPC
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("Files that callers hand over, in stub")
struct UploadTests {
    let running: RunningProvider

    init() throws { running = try RunningProvider() }

    static let limit = Duration.seconds(10)
    static let file = Data((0..<(MediaPart.longest + 777)).map { UInt8(truncatingIfNeeded: $0) })

    static func upload(_ file: Data, _ client: Client, size: Int64? = nil) async throws
        -> MediaRecord
    {
        let begun = try await client.ask(
            BeginUpload(
                mimeType: "application/pdf", filename: "a.pdf", from: nil,
                size: size ?? Int64(file.count)),
            within: limit)
        var offset = 0
        while offset < file.count {
            let part = file[offset..<min(file.count, offset + begun.partLimit)]
            let answer = try await client.ask(
                UploadPart(upload: begun.upload, offset: Int64(offset), bytes: Data(part)),
                within: limit)
            offset += part.count
            #expect(answer.received == offset)
        }
        let record = try await client.ask(EndUpload(upload: begun.upload), within: limit)
        #expect(try await client.ask(EndUpload(upload: begun.upload), within: limit) == record)
        return record
    }

    static func download(_ id: String, _ client: Client) async throws -> Data {
        var file = Data()
        while true {
            let answer = try await client.ask(
                ReadMedia(id: id, offset: Int64(file.count), length: MediaPart.longest),
                within: limit)
            file += try #require(answer.bytes)
            if file.count >= answer.media.size ?? 0 { return file }
        }
    }

    static func refusal(_ body: () async throws -> some Sendable) async -> Problem? {
        do {
            _ = try await body()
            return nil
        } catch WireError.refused(let problem) { return problem } catch { return nil }
    }

    @Test("an upload is given back byte for byte, also by the next process, under an id of digits")
    func isKept() async throws {
        let record = try await running { try await Self.upload(Self.file, $0) }
        #expect(record.state == .stored && record.size == Int64(Self.file.count))
        #expect(record.sha256 == Hex.encode(SHA256.digest(Self.file)))
        #expect(record.filename == "a.pdf" && record.mimeType == "application/pdf")
        #expect(record.id.allSatisfy { $0.isNumber })
        let again = try await running { try await Self.download(record.id, $0) }
        #expect(again == Self.file)
    }

    @Test("a part may come twice, a gap is refused, and so is an end before all came")
    func partsInOrder() async throws {
        try await running { client in
            let begun = try await client.ask(
                BeginUpload(mimeType: "image/png", filename: nil, from: nil, size: 4),
                within: Self.limit)
            func add(_ offset: Int64, _ text: String) async throws -> Int64 {
                try await client.ask(
                    UploadPart(upload: begun.upload, offset: offset, bytes: Data(text.utf8)),
                    within: Self.limit
                ).received
            }
            let gap0 = await Self.refusal { try await add(1, "b") }
            #expect(gap0?.field == "offset")
            #expect(try await add(0, "ab") == 2)
            #expect(try await add(0, "ab") == 2)
            let gap1 = await Self.refusal { try await add(3, "d") }
            #expect(gap1?.field == "offset")
            let gap2 = await Self.refusal { try await add(1, "bc") }
            #expect(gap2?.field == "offset")
            let early = await Self.refusal {
                try await client.ask(EndUpload(upload: begun.upload), within: Self.limit)
            }
            #expect(early?.field == "size")
            #expect(try await add(2, "cd") == 4)
            let record = try await client.ask(EndUpload(upload: begun.upload), within: Self.limit)
            #expect(try await Self.download(record.id, client) == Data("abcd".utf8))
        }
    }

    @Test("a type that WhatsApp does not take is 415, with those it takes")
    func typeIsRefused() async throws {
        try await running { client in
            let problem = await Self.refusal {
                try await client.ask(
                    BeginUpload(mimeType: "image/gif", filename: nil, from: nil, size: nil),
                    within: Self.limit)
            }
            #expect(problem?.httpStatus == 415 && problem?.code == .unsupportedMediaType)
            #expect(problem?.hint.contains("image/jpeg") == true)
        }
    }

    @Test(
        "one byte more than a kind may have is 413, said beforehand or seen on the way",
        arguments: [true, false])
    func sizeIsRefused(isSaid: Bool) async throws {
        try await running { client in
            let most: Int64 = 500 << 10
            let size = isSaid ? most + 1 : nil
            let problem = await Self.refusal {
                let begun = try await client.ask(
                    BeginUpload(mimeType: "image/webp", filename: nil, from: nil, size: size),
                    within: Self.limit)
                let whole = Data(count: Int(most))
                let answer = try await client.ask(
                    UploadPart(upload: begun.upload, offset: 0, bytes: whole), within: Self.limit)
                #expect(answer.received == most)
                return try await client.ask(
                    UploadPart(upload: begun.upload, offset: most, bytes: Data(count: 1)),
                    within: Self.limit)
            }
            #expect(problem?.httpStatus == 413 && problem?.hint.contains("500 KB") == true)
        }
    }

    @Test("one whose caller left frees its place at once, also twice, and its file goes")
    func leftIsDropped() async throws {
        let media = running.folder.file("provider/media")
        try await running { client in
            func begin() async throws -> String {
                let begin = BeginUpload(
                    mimeType: "image/png", filename: nil, from: nil, size: nil)
                return try await client.ask(begin, within: Self.limit).upload
            }
            var names: [String] = []
            for _ in 0..<Uploads.atOnce { names.append(try await begin()) }
            let tooMany = await Self.refusal { try await begin() }
            #expect(tooMany?.httpStatus == 503)
            for isThere in [true, false] {
                let answer = try await client.ask(
                    DropUpload(upload: names[0]), within: Self.limit)
                #expect(answer.dropped == isThere)
            }
            try await eventually("its file is gone") {
                let files = try FileManager.default.contentsOfDirectory(atPath: media)
                return Set(files) == Set(names.dropFirst().map { "\($0).part" })
            }
            let gone = await Self.refusal {
                try await client.ask(EndUpload(upload: names[0]), within: Self.limit)
            }
            #expect(gone?.httpStatus == 503)
            _ = try await begin()
        }
    }

    @Test("what was cut off leaves no file, and its upload is gone, after a new start")
    func cutOffIsDropped() async throws {
        let name = try await running { client in
            let begun = try await client.ask(
                BeginUpload(mimeType: "image/png", filename: nil, from: nil, size: nil),
                within: Self.limit)
            _ = try await client.ask(
                UploadPart(upload: begun.upload, offset: 0, bytes: Data("ab".utf8)),
                within: Self.limit)
            return begun.upload
        }
        let media = running.folder.file("provider/media")
        #expect(try FileManager.default.contentsOfDirectory(atPath: media) == ["\(name).part"])
        let problem = try await running { client in
            await Self.refusal {
                try await client.ask(EndUpload(upload: name), within: Self.limit)
            }
        }
        #expect(problem?.httpStatus == 503 && problem?.retryable == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: media).isEmpty)
    }

    @Test("an id that nobody knows is 404; of one that is known the record comes without bytes")
    func records() async throws {
        try await running { client in
            let unknown = await Self.refusal {
                try await client.ask(ReadMedia(id: "1", offset: 0, length: 0), within: Self.limit)
            }
            #expect(unknown?.httpStatus == 404)
            let record = try await Self.upload(Data("x".utf8), client)
            let answer = try await client.ask(
                ReadMedia(id: record.id, offset: 0, length: 0), within: Self.limit)
            #expect(answer == ReadMedia.Answer(media: record, bytes: nil))
            let beyond = try await client.ask(
                ReadMedia(id: record.id, offset: 9, length: 5), within: Self.limit)
            #expect(beyond.bytes == Data())
        }
    }
}
