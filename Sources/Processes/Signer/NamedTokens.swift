internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import Wire

/// The tokens of `signer/tokens`, always as the file has them: what was revoked is nobody's at the next request.
///
/// Only the tool writes that file, and no other process may even read it. So the kernel says who may make
/// a token, and there is no message that one of the other processes could send to make itself one.
struct NamedTokens {
    /// What became of a file that is another one now.
    enum News: Hashable {
        case taken(count: Int)
        /// Why it is not taken, with the cure; the list before it counts on.
        case unreadable(String)
    }

    private enum Seen: Hashable {
        case nothing
        case file(PrivateFile.Stamp)
    }

    private let path: String
    /// Nil: not looked yet.
    private var seen: Seen?
    /// By their digests; nil: the first file could not be read.
    ///
    /// Nobody can choose a digest: how long a look-up takes could tell of one at most, and no digest leads
    /// back to its token.
    private var byDigest: [[UInt8]: TokenList.Token]?
    /// Why the file is not taken, with the cure; nil when it is.
    private(set) var trouble: String?

    init(in stateDirectory: String) { path = "\(stateDirectory)/\(TokenList.path)" }

    /// Whether a list was read, or none was there to be read.
    var isKnown: Bool { byDigest != nil }

    var all: [TokenList.Token] { byDigest.map { Array($0.values) } ?? [] }

    subscript(digest: [UInt8]) -> TokenList.Token? { byDigest?[digest] }

    /// Takes up what the file has become; nil when nothing is new.
    ///
    /// Mostly nothing is, and then it costs one `stat`.
    mutating func refresh() -> News? {
        let now = PrivateFile.stamp(of: path).map(Seen.file) ?? .nothing
        guard now != seen else { return nil }
        let isFirst = seen == nil
        seen = now
        guard now != .nothing else {
            let news = take(TokenList())
            return isFirst ? nil : news
        }
        do {
            let (content, stamp) = try PrivateFile.read(path, upTo: TokenList.longestFile)
            // It may be a newer one by now.
            seen = .file(stamp)
            return take(try TokenList(content))
        } catch let error as PrivateFile.Trouble {
            return refuse("\(error.problem); \(error.cure)")
        } catch {
            return refuse("\(error); put back a whole one, or take it away and make new tokens")
        }
    }

    private mutating func take(_ list: TokenList) -> News {
        var byDigest: [[UInt8]: TokenList.Token] = [:]
        for token in list.tokens {
            // A list has digests of no other form.
            guard let digest = Hex.decode(token.sha256[...]) else { continue }
            byDigest[digest] = token
        }
        self.byDigest = byDigest
        trouble = nil
        return .taken(count: byDigest.count)
    }

    private mutating func refuse(_ problem: String) -> News {
        trouble = problem
        return .unreadable(problem)
    }
}
