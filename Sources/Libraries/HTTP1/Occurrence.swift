/// How often something that is wanted once is there.
package enum Occurrence: Hashable, Sendable {
    case none, one(String), several
}
