/// What somebody who misspelt a name may have meant.
package enum Spelling {
    /// Longer names are nobody's slip of the finger, and comparing them costs the square of their length.
    private static let longest = 40

    /// The nearest of `names`; nil when none is near: at most one edit in every three letters.
    package static func nearest(to name: String, among names: [String]) -> String? {
        guard name.utf8.count <= longest else { return nil }
        let given = Array(name.lowercased().utf8)
        let distances = names.map { (name: $0, edits: edits(given, Array($0.utf8))) }
        guard let best = distances.min(by: { $0.edits < $1.edits }),
            best.edits * 3 <= max(given.count, best.name.utf8.count)
        else { return nil }
        return best.name
    }

    /// Letters put in, left out, changed, or swapped with their neighbour (Damerau's distance).
    package static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                let changed = last[column] + (letter == other ? 0 : 1)
                var best = min(changed, last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                next.append(best)
            }
            beforeLast = last
            last = next
        }
        return last[right.count]
    }
}
