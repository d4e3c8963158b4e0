import Glibc
import TestSupport
import Testing

extension LoadingTests {
    /// The machine loses power: what was not synced is gone, which no kill shows.
    @Suite(
        "power cuts",
        .enabled("this user may make loop devices, and ext4 cuts its power") {
            await MountedDisk.canCutPower()
        })
    struct PowerCutTests {
        /// How often; `TEST_POWER_CUTS=500` for a long run.
        private static let cuts =
            getenv("TEST_POWER_CUTS").flatMap { Int(String(cString: $0)) } ?? 8

        @Test("everything that was answered 200 is there after each, once")
        func everythingIsThere() async throws {
            let (folder, image) = (try TemporaryFolder(), try TemporaryFolder())
            let disk = try await MountedDisk(
                ext4In: image.file("disk"), mebibytes: 256, over: folder.path)
            let group = try TestGroup(in: folder, on: try Listener())
            defer {
                for process in group.all { process.kill() }
                withExtendedLifetime(disk) {}
            }
            try await group.start()
            let callers = Callers(of: group, count: 4)
            async let calling: Void = callers.run()
            for cut in 1...Self.cuts {
                let before = callers.done
                try await eventually("calls are answered") { callers.done > before + 40 }
                // Its name may come to the disk with what others sync; its bytes do not, unless nothing is cut.
                let unsynced = folder.file("unsynced.\(cut)")
                let file = open(unsynced, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                #expect(Glibc.write(file, "not synced", 10) == 10)
                close(file)
                try await group.stopWriting()
                try disk.cutPower()
                for process in group.all { process.kill() }
                try await disk.restorePower()
                #expect((try? contents(of: unsynced)) ?? [] == [], "power was cut")
                try await group.start()
            }
            callers.stop()
            try await calling
            #expect(callers.refused == 0)
            #expect(callers.texts.count > 40 * Self.cuts)
            try await eventually("both journals are shipped", within: .seconds(60)) {
                try await group.messages()?.count == callers.texts.count
            }
            #expect(try await group.settledTexts() == callers.texts)
            #expect(
                try await group.journaledWebhooks().count
                    >= callers.texts.count { $0.hasPrefix("webhook") })
        }
    }
}

extension TestGroup {
    /// Stops all four, and returns when none of them does anything more.
    fileprivate func stopWriting() async throws {
        for process in all { try process.pause() }
        for process in all {
            try await eventually("\(process.name) is stopped") {
                guard let pid = process.pid else { return true }
                let text = String(decoding: try contents(of: "/proc/\(pid)/stat"), as: UTF8.self)
                // Its state stands behind the name, which is in brackets.
                return text.split(separator: ")").last?.hasPrefix(" T") == true
            }
        }
    }
}
