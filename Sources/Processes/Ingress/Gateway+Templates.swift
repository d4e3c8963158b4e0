internal import HTTP1
internal import IPC
internal import Wire

extension Gateway {
    /// The account's templates, with what a send fills into each.
    func templates(_ parameters: Parameters) async throws -> Response {
        let request = ListTemplates(
            name: try parameters.optional("name"), status: try parameters.optional("status"),
            language: try parameters.optional("language"),
            refresh: try parameters.integer("refresh", default: 0, in: 0...1) == 1,
            cursor: try parameters.optional("cursor"))
        return answers.json(.ok, try await peers.provider.ask(request, within: Limits.read))
    }
}
