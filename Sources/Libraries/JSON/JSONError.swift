/// Why bytes are not read as JSON.
package enum JSONError: Error, Hashable {
    /// No JSON, at that byte, counted from 0.
    case notJSON(at: Int)
    /// Nested deeper than ``JSONValue/maximumDepth``.
    case tooDeep
}
