/// Why a request to another process came to no answer.
package enum WireError: Error, Hashable, Sendable {
    /// Longer than `Frame.maximumLength`; it was not sent.
    case frameTooLong(Int)
    /// Not a frame of this protocol: what is wrong with it. Close the connection.
    case malformed(String)
    /// The peer does not know that method.
    case unknownOperation(String)
    /// The peer speaks another protocol or runs in another mode.
    case strangePeer(Service, String)
    /// The peer stayed away until the deadline: the request never left, and may be repeated.
    case unavailable(Service)
    /// It was sent, and no answer came until the deadline: what the peer did is not known.
    case unanswered(Service)
    /// The peer answered with an error of its own.
    case refused(Problem)

    /// Whether the same request may succeed later without a change on our side.
    package var isRetryable: Bool {
        switch self {
        case .unavailable, .unanswered: true
        case .refused(let problem): problem.retryable
        case .frameTooLong, .malformed, .unknownOperation, .strangePeer: false
        }
    }
}

extension WireError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .frameTooLong(let length): "a frame of \(length) bytes is too long"
        case .malformed(let what): what
        case .unknownOperation(let what): what
        case .strangePeer(let service, let why): "\(service.rawValue): \(why)"
        case .unavailable(let service): "\(service.rawValue) is away"
        case .unanswered(let service): "\(service.rawValue) did not answer in time"
        case .refused(let problem): "\(problem.message) \(problem.hint)"
        }
    }
}
