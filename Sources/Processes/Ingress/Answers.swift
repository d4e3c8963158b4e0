internal import FoundationEssentials
internal import HTTP1
internal import JSON
internal import Wire

/// Answers as JSON.
struct Answers: Sendable {
    /// Sorted, so that the same answer is the same bytes.
    private let encoder = JSONEncoder.gateway(sorted: true)

    /// An answer of that content; `members` are JSON that stands before the object's own.
    func json(_ status: Status, _ content: some Encodable, after members: String? = nil) -> Response
    {
        do {
            var body = [UInt8](try encoder.encode(content))
            if let members {
                body.insert(contentsOf: (body.count > 2 ? members + "," : members).utf8, at: 1)
            }
            return Response(status, contentType: "application/json", body: body)
        } catch {
            return problem(.internalError(in: .ingress))
        }
    }

    /// An error as every route says it, with the header fields that its status demands.
    func problem(_ problem: Problem) -> Response {
        var problem = problem
        let status = Status(rawValue: problem.httpStatus) ?? .internalError
        problem.httpStatus = status.code
        var response: Response
        do {
            let body = try encoder.encode(Failure(error: HTTPProblem(problem)))
            response = Response(status, contentType: "application/json", body: [UInt8](body))
        } catch {
            response = Response(.internalError)
        }
        if let seconds = problem.retryAfterSeconds { response.add("Retry-After", String(seconds)) }
        if problem.code == .unauthorized { response.add("WWW-Authenticate", "Bearer") }
        return response
    }

    /// The refusal of a path that does not have that method.
    func methodNotAllowed(_ allow: [Method]) -> Response {
        let names = allow.map(\.rawValue).joined(separator: ", ")
        var response = problem(
            Problem(
                .methodNotAllowed, status: 405, "This path does not have that method.",
                hint: "Use one of \(names)."))
        response.add("Allow", names)
        return response
    }

    /// What was wrong with bytes that are no request.
    func refusal(_ error: RequestError) -> Response {
        let code: Problem.Code =
            switch error.status {
            case .contentTooLarge, .targetTooLong: .tooLarge
            case .headTooLarge: .headerTooLarge
            case .requestTimeout: .requestTimeout
            case .unsupportedMediaType: .unsupportedMediaType
            case .notImplemented, .versionNotSupported, .expectationFailed: .notSupported
            default: .invalidRequest
            }
        if error == .noRoomForBody {
            return problem(
                Problem(
                    .unavailable, status: error.status.code,
                    "There is no memory for this body at the moment; nothing of it was taken.",
                    hint: error.description, retryable: true, retryAfterSeconds: 1))
        }
        return problem(
            Problem(
                code, status: error.status.code, "This is not a request that can be served.",
                hint: error.description))
    }

    private struct Failure: Encodable {
        let success = false
        let error: HTTPProblem
        enum CodingKeys: CodingKey { case success, error }
    }
}

/// A problem without the status, which the status line says.
private struct HTTPProblem: Encodable {
    private let problem: Problem

    init(_ problem: Problem) { self.problem = problem }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Problem.CodingKeys.self)
        try container.encode(problem.code, forKey: .code)
        try container.encode(problem.message, forKey: .message)
        try container.encode(problem.hint, forKey: .hint)
        try container.encodeIfPresent(problem.id, forKey: .id)
        try container.encodeIfPresent(problem.field, forKey: .field)
        try container.encode(problem.retryable, forKey: .retryable)
        try container.encodeIfPresent(problem.retryAfterSeconds, forKey: .retryAfterSeconds)
        try container.encodeIfPresent(problem.providerCode, forKey: .providerCode)
        try container.encodeIfPresent(problem.details, forKey: .details)
        try container.encodeIfPresent(problem.trace, forKey: .trace)
    }
}
