import HTTP1
import Testing
import Wire

@testable import GatewayControl
@testable import Ingress

/// What the pages say is what the code has, name by name.
struct ProtocolsTests {
    static let operations: [(page: Service, name: String)] =
        SignerOperation.allCases.map { (SignerOperation.service, $0.rawValue) }
        + ProviderOperation.allCases.map { (ProviderOperation.service, $0.rawValue) }
        + InboxOperation.allCases.map { (InboxOperation.service, $0.rawValue) }

    @Test("every method stands on the page of the process that answers it", arguments: operations)
    func methodIsDescribed(page: Service, name: String) throws {
        #expect(try Pages.text("Protocols/\(page.rawValue).md").contains("| `\(name)` |"))
    }

    @Test("every method stands under its version in CHANGES.md", arguments: operations)
    func methodIsInChanges(page: Service, name: String) throws {
        let verb = name.drop { $0 != "." }
        let changes = try Pages.text("Protocols/CHANGES.md")
        #expect(changes.contains("`\(name)`") || changes.contains("`\(verb)`"))
    }

    @Test("every error code is in the HTTP contract", arguments: Problem.Code.allCases)
    func codeIsInContract(code: Problem.Code) throws {
        let lines = try Pages.text("Protocols/ingress.openapi.yaml").split(separator: "\n")
        #expect(lines.contains("        - \(code.rawValue)"))
    }

    @Test("every status is in the HTTP contract", arguments: MessageStatus.allCases)
    func statusIsInContract(status: MessageStatus) throws {
        let contract = try Pages.text("Protocols/ingress.openapi.yaml")
        let line = contract.split(separator: "\n").first { $0.contains("enum: [received, ") }
        #expect(line?.contains(status.rawValue) == true)
    }

    @Test("the contract has every route, and no other, with the methods that are served")
    func routesAreTheSame() throws {
        let contract = Contract(try Pages.text("Protocols/ingress.openapi.yaml"))
        var documented: [Route: Set<String>] = [:]
        for (path, methods) in contract.methods {
            let segments = path.split(separator: "/").map(String.init)
            let route = try #require(Route(segments), "\(path) is not served")
            documented[route, default: []].formUnion(methods)
        }
        let served = Routes.all.map { route in
            // HEAD is said once for all paths that have GET.
            (route, Set(route.methods.filter { $0 != .head }.map { $0.rawValue.lowercased() }))
        }
        #expect(documented == Dictionary(uniqueKeysWithValues: served))
        for route in Routes.all {
            #expect(contract.methods[Routes.path(of: route)] != nil, "\(route)")
        }
    }

    @Test("every condition that a process can report has its line in alarms.md")
    func conditionsAreExplained() throws {
        let alarms = try Pages.text("Protocols/alarms.md")
        let pattern = #/Condition\(\s*"([a-z_]+)"/#
        let codes = try Pages.sources(in: "Sources").flatMap { source in
            source.matches(of: pattern).map { String($0.1) }
        }
        #expect(!codes.isEmpty)
        for code in Set(codes) {
            #expect(alarms.contains("| `\(code)` |"), "\(code)")
        }
        let explained = Set(alarms.matches(of: #/\n\| `([a-z_]+)` \|/#).map { String($0.1) })
        #expect(explained.subtracting(codes).isEmpty, "explained, and said by nobody")
    }

    @Test("every command that a hint or a page names is one of run.sh's")
    func commandsExist() throws {
        let script = try Pages.text("run.sh")
        let pages = try ["README.md", "SECURITY.md", "CHANGELOG.md"].map { try Pages.text($0) }
        let texts = try Pages.sources(in: "Sources") + pages + Pages.all(in: "Protocols")
        let named = texts.flatMap { text in
            text.matches(of: #/\./run\.sh ([a-z][a-z-]*)/#).map { String($0.1) }
        }
        for name in Set(named) {
            #expect(script.contains("\n./run.sh \(name) ") || name == "help", "./run.sh \(name)")
        }
    }

    /// What run.sh makes of the other settings; nobody sets these.
    static let derived: Set = ["GATEWAY_MODE", "GATEWAY_AUTH", "GATEWAY_PARENT"]
    static let forms = ["_PREVIOUS_FILE", "_PREVIOUS", "_FILE"]

    @Test(
        "every setting has its row in the README, which names its other forms",
        arguments: NameCheck.known.subtracting(derived).sorted())
    func settingIsDescribed(name: String) throws {
        let table = try #require(
            try Pages.text("README.md").split(separator: "\n## Settings\n").last)
        let rows = table.split(separator: "\n")
        // GATEWAY_GRAPH_CA_FILE is no other form of anything.
        let form = Self.forms.first {
            name.hasSuffix($0) && NameCheck.known.contains(String(name.dropLast($0.utf8.count)))
        }
        let base = name.dropLast(form?.utf8.count ?? 0)
        let row = try #require(rows.first { $0.hasPrefix("| `\(base)` |") })
        if let form { #expect(row.contains("`…\(form)`")) }
    }
}
