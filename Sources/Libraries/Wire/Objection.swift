/// What is known to speak against sending a message; Meta decides all the same.
package struct Objection: Codable, Hashable, Sendable {
    /// For programs; never changes.
    ///
    /// `outside_window_likely`: a free-form message after 24 h of silence.
    package var code: String
    package var message: String
    /// What to do instead.
    package var hint: String

    package init(_ code: String, _ message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}

/// A message with what speaks against it.
package struct ForeseenRefusal: Codable, Hashable, Sendable {
    package var id: String
    package var code: String
    package var message: String
    package var hint: String

    package init(of id: String, by objection: Objection) {
        self.id = id
        code = objection.code
        message = objection.message
        hint = objection.hint
    }
}
