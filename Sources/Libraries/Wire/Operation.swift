/// A method of one process: its raw value is the permanent name on the wire, `owner.verb`.
package protocol Operation: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// Who answers it.
    static var service: Service { get }
}

/// The parameters of one method, bound to its name and to its one answer.
package protocol Request: Codable, Sendable {
    associatedtype Operations: Operation
    associatedtype Answer: Codable & Sendable

    static var operation: Operations { get }
}

/// The processes of the system; the raw value names the executable, the socket and the log.
package enum Service: String, Codable, CaseIterable, Sendable {
    case ingress, signer, provider, inbox

    /// The name of its socket in `run/`.
    package var socket: String { "\(rawValue).sock" }
}
