import Reactor
import TestSupport
import Testing
import Wire

@testable import GatewayControl

extension LoadingTests {
    /// The torture of itself: what it finds when something is wrong.
    @Suite(
        "./run.sh torture",
        .enabled("./run.sh has built what is here now") { await SupervisedGroup.isBuilt() })
    struct TortureTests {
        @Test("a message that somebody else sends to Graph once more is found to be there twice")
        func twice() async throws {
            let ledger = try await onLoop { loop in
                let options = try TortureOptions([
                    "--kills", "1", "--only", "kill signer", "--seed", "1",
                ])
                let graph = try TortureGraph(seed: 1, on: loop)
                let group = try TortureGroup(
                    script: "\(SupervisedGroup.root)/run.sh", graphAt: graph.port, on: loop)
                defer { group.end(keeping: false) }
                let port = graph.port
                let body = """
                    {"messaging_product":"whatsapp","to":"1","type":"text","text":\
                    {"body":"\(TortureTraffic.reply("key-1"))"},"biz_opaque_callback_data":"a"}
                    """
                let answer = try await blocking {
                    try HTTPConnection(port: port).ask(
                        "POST", "/v26.0/1/messages", body: Array(body.utf8))
                }
                #expect(answer.status == 200)
                let run = TortureRun(options, of: group, graph, TortureView(isOn: false), on: loop)
                try await run.run()
                return await run.ledger
            }
            #expect(ledger.total.twice == 1)
            #expect(ledger.total.lost == 0 && ledger.gaps == 0)
            #expect(ledger.rows[.fault(.kill(.signer))]?.kills == 1)
            #expect(!TortureTable(ledger).isGood)
        }
    }
}
