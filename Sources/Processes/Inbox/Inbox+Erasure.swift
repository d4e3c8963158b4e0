internal import Daemon
internal import Reactor
internal import SQLite
internal import Wire

extension Inbox {
    /// After a failure, and between two looks at what a failure may have left.
    private static let looking = Duration.seconds(5)

    /// What journals may keep of entries, now that people were erased.
    func redact(_ asked: RedactEntries) async throws -> RedactEntries.Answer {
        try await kept { try await self.store.redact(asked) }
    }

    /// Takes what is left of the erased and of the old out of indexes and log, until its task is cancelled.
    ///
    /// In small steps, each followed by as long a rest; it goes on where a killed process left it.
    func sweep() async {
        let pause = Bell(on: place.loop)
        while !Task.isCancelled {
            do {
                if let number = try await kept({ try await self.store.remains(now: Clocks.wall) }) {
                    if try await sweep(upTo: number, pause) { continue }
                }
            } catch { place.log.warning("erasure.unswept error=\(error)") }
            _ = await erased.wait(atMost: Self.looking)
        }
    }

    /// Answers whether nothing is left up to that number; false: try again later.
    private func sweep(upTo number: Int64, _ pause: Bell) async throws -> Bool {
        let start = ContinuousClock.now
        var (begins, goesOn) = (true, true)
        while goesOn && !Task.isCancelled {
            let begin = ContinuousClock.now
            goesOn = try await kept { [begins] in try await self.store.mergeWords(begins: begins) }
            begins = false
            _ = await pause.wait(atMost: begin.duration(to: .now))
        }
        guard !goesOn, try await kept({ try await self.store.swept(upTo: number) }) else {
            return false
        }
        place.log.info("erasure.swept ms=\(start.duration(to: .now) / .milliseconds(1))")
        return true
    }
}
