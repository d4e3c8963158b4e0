import Testing

/// What the page of faults promises is shown by the tests that it names.
struct FaultPageTests {
    private static var name: Regex<(Substring, Substring, Substring)> {
        #/`([A-Z][A-Za-z0-9]*Tests)\.([a-z][A-Za-z0-9]*)`/#
    }

    @Test("every test that faults.md names is there")
    func testsExist() throws {
        let sources = try Pages.sources(in: "Tests")
        let named = try Pages.text("Protocols/faults.md").matches(of: Self.name)
            .map { (suite: String($0.1), function: String($0.2)) }
        #expect(named.count > 80)
        for (suite, function) in named {
            let isThere = sources.contains { source in
                source.contains("struct \(suite) {") && source.contains("func \(function)(")
            }
            #expect(isThere, "\(suite).\(function)")
        }
    }

    @Test("every row of its tables names one, but for what is not shown")
    func rowsNameTests() throws {
        let page = try Pages.text("Protocols/faults.md")
        let shown = page.prefix(upTo: try #require(page.firstRange(of: "## Not shown")).lowerBound)
        let rows = shown.split(separator: "\n")
            .filter {
                $0.hasPrefix("| ") && !$0.hasPrefix("| fault |") && !$0.hasPrefix("| dies |")
            }
        #expect(rows.count > 40)
        for row in rows { #expect(row.contains(Self.name), "\(row)") }
    }

    @Test("every condition and log line that it names is explained on another page")
    func wordsAreExplained() throws {
        let page = try Pages.text("Protocols/faults.md")
        let others = try ["alarms", "ingress", "signer", "provider", "inbox"]
            .map { try Pages.text("Protocols/\($0).md") }.joined()
        for row in page.split(separator: "\n") where row.hasPrefix("| ") {
            let cells = row.split(separator: "|")
            guard cells.count == 5 else { continue }
            for word in cells[2].matches(of: #/`([a-z]+[._][a-z_.]+)/#) {
                #expect(others.contains(String(word.1)), "\(word.1)")
            }
        }
    }
}
