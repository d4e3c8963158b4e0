/// The business and the customer of stub mode, when nothing else is said; both are invented.
package enum StubAccount {
    package static let phoneNumberID = "100000000000001"
    package static let displayNumber = "15550001000"
    package static let businessAccountID = "100000000000002"
    /// Who writes the sample webhook: digits with the country code.
    package static let customer = "919800000001"
    package static let customerName = "Asha Rao"
}
