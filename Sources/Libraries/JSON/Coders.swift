package import FoundationEssentials

extension JSONEncoder {
    /// An encoder as the whole system writes JSON; keep one per actor, for making one costs as much as a small frame.
    package static func gateway(sorted: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        // Base64 is full of slashes, and escaping them makes decoding up to 14 times slower.
        encoder.outputFormatting =
            sorted ? [.withoutEscapingSlashes, .sortedKeys] : .withoutEscapingSlashes
        return encoder
    }
}
