internal import Wire

/// Which entries are to be looked at for people who were erased: a value without I/O or clock.
///
/// A look goes from the journal's first entry to the last that inbox has, under the erasures that inbox knew when
/// it began, and ends before the next begins: however fast people are erased, each look comes to its end, and one
/// after the last erasure has seen all. What is shipped afterwards is looked at only where inbox says so.
struct Redacting {
    /// Up to where it was looked, and under which erasures.
    private(set) var checked: Checked
    private var known: String?
    private var shipped: Int64 = 0

    init(_ checked: Checked) { self.checked = checked }

    /// Inbox has the entries after `after` up to `end`, and says who was erased by now.
    mutating func heard(_ answer: AppendEntries.Answer, after: Int64) {
        known = answer.erasures
        shipped = answer.position?.seq ?? 0
        guard known == checked.erasures, answer.namesErased != true, checked.seq == after else {
            return
        }
        checked = Checked(erasures: checked.erasures, seq: shipped)
    }

    /// The entries to look at next: after the first number, up to the second; nil when all is looked at.
    mutating func next() -> (after: Int64, upTo: Int64)? {
        guard let known else { return nil }
        if hasEnded, checked.erasures != known { checked = Checked(erasures: known, seq: 0) }
        return hasEnded ? nil : (checked.seq, shipped)
    }

    mutating func looked(upTo seq: Int64) {
        checked = Checked(erasures: checked.erasures, seq: max(seq, checked.seq))
    }

    private var hasEnded: Bool { checked.seq >= shipped || checked.erasures.isEmpty }

    /// Entries that are still to be looked at, as far as is known.
    var left: Int64 {
        guard let known else { return 0 }
        return (hasEnded ? 0 : shipped - checked.seq) + (checked.erasures == known ? 0 : shipped)
    }
}
