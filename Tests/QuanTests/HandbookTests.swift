import Foundation
import TestKit
import Testing

@testable import Operations

@Suite("The instructions in README.md")
struct HandbookTests {
    @Test(
        "\"Try it by hand\" works as written: an accepted order, a refusal with clause and numbers, an expired order, a consistent ledger")
    func byHand() async throws {
        let readme = try String(contentsOfFile: Command.repository + "/README.md", encoding: .utf8)
        let chapter = try #require(readme.split(separator: "\n## ").first { $0.hasPrefix("Try it by hand\n") })
        let up = try #require(chapter.firstMatch(of: /\.\/quan up ([^\n#]*)/)?.1).split(separator: " ").map(String.init)
        let block = try #require(chapter.firstMatch(of: /(?s)```sh\n(.*?)\n```/)?.1)
        try await TestInstallation.with(up.filter { $0 != "--ephemeral" }) { installation in
            let (portal, signIn) = (installation.record.portal, try #require(installation.record.signIn))
            var script = String(block)
            // The ports and the program's path are those of the test.
            for (written, here) in [
                ("http://127.0.0.1:8080", portal), ("http://127.0.0.1:8081/sandbox/token", signIn), ("./quan", Command.quan),
            ] {
                #expect(script.contains(written), "the block does not contain \(written)")
                script = script.replacing(written, with: here)
            }
            let result = try await Command.run(
                "/bin/bash", ["-u", "-c", script], environment: ["STATE": installation.folder], within: .seconds(600))
            #expect(result.status == 0, "\(result.output) \(result.errors)")

            let answers = result.output.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            let refusals = answers.filter { $0["clauses"] != nil }
            #expect(refusals.count == 1, "\(result.output)")
            #expect((refusals.first?["clauses"] as? [String])?.first == "BJ26-02")
            #expect((refusals.first?["numbers"] as? [[String: Any]])?.contains { $0["value"] as? Int == 700_000 } == true)
            let undone = answers.filter { $0["operation"] != nil && $0["clauses"] == nil && !$0.isDone }
            #expect(undone.isEmpty, "\(result.output)")
            let orders = try #require(answers.compactMap { $0["items"] as? [[String: Any]] }.last, "\(result.output)")
            #expect(orders.compactMap { $0["state"] as? String }.sorted() == ["accepted", "expired"])
            #expect(result.output.contains("no violations"))
        }
    }
}
