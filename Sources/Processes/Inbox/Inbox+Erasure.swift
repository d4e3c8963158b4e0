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

    /// Takes what is left of the erased and of the old out of indexes, pages and log, until its task is
    /// cancelled; what another one erased meanwhile left behind is taken out after it.
    func sweep() async {
        let pause = Bell(on: place.loop)
        while !Task.isCancelled {
            do {
                if let number = try await kept({ try await self.store.remains(now: Clocks.wall) }) {
                    try await sweep(upTo: number, pause)
                    continue
                }
            } catch is InboxStore.FileIsRead {
                // For a moment, by a check or a copy.
            } catch { place.log.warning("erasure.unswept error=\(error)") }
            _ = await erased.wait(atMost: Self.looking)
        }
    }

    /// In small steps, each followed by as long a rest; it goes on where a killed process left it.
    private func sweep(upTo number: Int64, _ pause: Bell) async throws {
        let start = ContinuousClock.now
        var next: InboxStore.Sweep? = .words(begins: true)
        while let step = next {
            if Task.isCancelled { return }
            let begin = ContinuousClock.now
            next = try await kept { try await self.store.sweep(step, upTo: number) }
            _ = await pause.wait(atMost: begin.duration(to: .now))
        }
        place.log.info("erasure.swept ms=\(start.duration(to: .now) / .milliseconds(1))")
    }
}
