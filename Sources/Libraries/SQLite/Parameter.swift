package import FoundationEssentials

/// A value for one `?` of a statement.
package enum Parameter: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    /// Bound where it lies, without a copy.
    case blob(Data)

    package static func integer(_ value: Int) -> Parameter { .integer(Int64(value)) }

    /// The bits of `value`, as SQLite has signed integers only; read it with `Row.bits`.
    package static func bits(_ value: UInt64) -> Parameter { .integer(Int64(bitPattern: value)) }

    package static func optional(_ value: Int64?) -> Parameter {
        value.map { .integer($0) } ?? .null
    }
    package static func optional(_ value: String?) -> Parameter { value.map { .text($0) } ?? .null }
    package static func optional(_ value: Data?) -> Parameter { value.map { .blob($0) } ?? .null }
}

extension Parameter: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByNilLiteral
{
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }
}
