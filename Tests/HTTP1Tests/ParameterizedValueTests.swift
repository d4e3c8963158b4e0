import HTTP1
import Testing

struct ParameterizedValueTests {
    @Test("a value has its parameters, names without case, quotes taken off")
    func read() throws {
        let value = try #require(
            ParameterizedValue("Multipart/Form-Data ; Boundary=\"a b\";charset=UTF-8 ;; x=\"\""))
        #expect(value.value == "multipart/form-data")
        #expect(value["boundary"] == "a b" && value["charset"] == "UTF-8" && value["x"] == "")
        #expect(value["Boundary"] == nil && value.parameters.count == 3)
        #expect(ParameterizedValue("text/plain")?.parameters == [])
        #expect(ParameterizedValue("a;b=\"\\\"\\\\\\c\"")?["b"] == "\"\\\\c")
    }

    @Test(
        "what is not of that form is none",
        arguments: [
            "", ";a=b", " a", "a b", "a;b", "a;b=", "a;b =c", "a;b= c", "a;b=c;b=c", "a;b=c;B=d",
            "a;b=\"c", "a;b=\"c\\\"", "a;b=\"c\"d", "a;b=c d", "a,b", "a;b=\"\u{0}\"", "a;b=ü",
        ])
    func malformed(text: String) { #expect(ParameterizedValue(text) == nil) }
}
