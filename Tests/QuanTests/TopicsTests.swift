import Foundation
import Messages
import Testing

@testable import quan

@Suite("quan topics")
struct TopicsTests {
    @Test("--json prints every topic of the platform with its partitions, settings, writers and readers")
    func json() async throws {
        let result = try await Command.run(Command.quan, ["topics", "--json", "--partitions", "16", "--copies", "3"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = try JSONDecoder().decode([Topics.Line].self, from: Data(result.output.utf8))
        #expect(lines.map(\.name) == PlatformTopic.all.map(\.name))
        let commands = try #require(lines.first { $0.name == "timer.commands" })
        #expect(commands.partitions == 16 && commands.copies == 3)
        #expect(
            commands.settings == [
                "cleanup.policy": "delete", "retention.ms": "1209600000", "min.insync.replicas": "2", "max.message.bytes": "1130496",
            ])
        #expect(commands.writers.contains("ordering") && commands.readers == ["timer"])
        #expect(lines.first { $0.name == "timer.parked" }?.partitions == 1)
    }

    @Test("prints one line for each topic")
    func table() async throws {
        let result = try await Command.run(Command.quan, ["topics"])
        let rows = result.output.split(separator: "\n")
        #expect(rows.count == PlatformTopic.all.count + 1)
        for (row, topic) in zip(rows.dropFirst(), PlatformTopic.all) { #expect(row.hasPrefix("\(topic.name) "), "\(row)") }
    }

    @Test(
        "an invalid number of partitions or copies is refused with 64",
        arguments: [["--partitions", "0"], ["--partitions", "33"], ["--copies", "0"]])
    func refused(arguments: [String]) async throws {
        #expect(try await Command.run(Command.quan, ["topics"] + arguments).status == 64)
    }
}
