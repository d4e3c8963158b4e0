/// What somebody who misspelt a name may have meant.
package enum Spelling {
    /// Longer names are nobody's slip of the finger, and comparing them costs the square of their length.
    private static let longest = 40

    /// The nearest of `names`; nil when none is near: at most one edit in every three letters.
    package static func nearest(to name: String, among names: [String]) -> String? {
        nearest(1, to: name, among: names).first
    }

    /// The nearest `count` of `names`, the nearest first, without those that are not near.
    package static func nearest(
        _ count: Int, to name: String, among names: [String]
    ) -> [String] {
        guard name.utf8.count <= longest else { return [] }
        let given = Array(name.lowercased().utf8)
        let near = names.compactMap { name -> (name: String, edits: Int)? in
            let (shorter, longer) = (
                min(given.count, name.utf8.count), max(given.count, name.utf8.count)
            )
            // As many edits at least, and counting them is the dear part.
            guard (longer - shorter) * 3 <= longer else { return nil }
            let edits = edits(given, Array(name.utf8))
            return edits * 3 <= longer ? (name, edits) : nil
        }
        // Of those that are as near, the first as given.
        return near.enumerated().sorted {
            ($0.element.edits, $0.offset) < ($1.element.edits, $1.offset)
        }.prefix(count).map(\.element.name)
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
