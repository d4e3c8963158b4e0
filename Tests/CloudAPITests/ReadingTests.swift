import CloudAPI
import JSON
import Testing

struct ReadingTests {
    @Test("ids come from strings and integers, and empty is absent")
    func identifiers() {
        #expect(JSONValue.string("x").identifier == "x")
        #expect(JSONValue.integer(910_020_030_040_050_061).identifier == "910020030040050061")
        #expect(JSONValue.string("").identifier == nil)
        #expect(JSONValue.number(1.5).identifier == nil)
        #expect(JSONValue.null.identifier == nil)
    }

    @Test("numbers and truth values come as themselves or as text")
    func coercion() {
        #expect(JSONValue.string("48.2").number == 48.2 && JSONValue.integer(48).number == 48)
        #expect(JSONValue.string("nan").number == nil && JSONValue.string("inf").number == nil)
        #expect(JSONValue.string("17").integer == 17 && JSONValue.number(17).integer == 17)
        #expect(JSONValue.number(1.5).integer == nil && JSONValue.number(1e30).integer == nil)
        #expect(JSONValue.string("true").bool == true && JSONValue.integer(1).bool == nil)
    }
}
