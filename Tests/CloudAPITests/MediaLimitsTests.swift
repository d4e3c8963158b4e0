import CloudAPI
import Testing

struct MediaLimitsTests {
    @Test(
        "a type is found whatever its case and parameters",
        arguments: ["audio/ogg", "Audio/OGG", "audio/ogg; codecs=opus", "audio/ogg ;codecs=opus"])
    func isFound(type: String) {
        #expect(MediaLimits.of(type)?.kind == .audio)
    }

    @Test(
        "what Meta does not take has no limits",
        arguments: ["", "image/gif", "image", "image/jpegx", "application/zip", "; image/png"])
    func isNotTaken(type: String) { #expect(MediaLimits.of(type) == nil) }

    @Test("no type belongs to two kinds, and every one is named to whoever uses another")
    func typesAreDistinct() {
        let types = MediaLimits.all.flatMap(\.types)
        #expect(Set(types).count == types.count)
        for type in types { #expect(MediaLimits.allTypes.contains(type)) }
    }
}
