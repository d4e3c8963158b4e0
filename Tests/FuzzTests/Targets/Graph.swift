import CloudAPI
import FoundationEssentials
import JSON

/// Whatever Graph answers is an error that says what follows, or none; templates are read one by one.
func readGraph(_ input: [UInt8]) throws {
    let body = Data(input)
    // Through the decoder, which overlooks more than we do.
    _ = GraphError(body: body, httpStatus: 400)
    guard let answer = try? JSONValue(parsing: body) else { return }
    for status in [200, 400, 401, 500] {
        guard let error = GraphError(answer, httpStatus: status) else { continue }
        try promise(
            "an error that says nothing", !error.text.isEmpty && !error.entry.meaning.isEmpty)
    }
    let templates = (answer["data"]?.elements ?? [answer]).compactMap { Template($0) }
    let list = TemplateList(templates)
    for template in list.all {
        try promise("a template that is not found", list[template.key] != nil)
        // Filled in with whatever stands beside it.
        for components in [nil, answer["components"], answer] {
            _ = try? list.check(template.key, components)
        }
    }
    try promise("a list that differs from itself", list.changes(to: list).changed.isEmpty)
}
