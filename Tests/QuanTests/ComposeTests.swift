import Foundation
import Testing

/// docker-compose.yml, as Compose itself reads it. No container is started: that needs an engine.
@Suite("docker-compose.yml")
struct ComposeTests {
    private static let services = ["catalogue", "identity", "ordering", "redemption", "payout", "timer", "portal"]

    private static func section(_ name: String, of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "  \(name):") else { return "" }
        let rest = lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
        return rest.joined(separator: "\n")
    }

    private func configuration() async throws -> String {
        let result = try await Command.run(
            "/usr/bin/env", ["docker-compose", "--file", Command.repository + "/docker-compose.yml", "config"], in: "/",
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test("Compose takes the file; three brokers, PostgreSQL and every service are in it, each with a health check")
    func isValid() async throws {
        let text = try await configuration()
        for name in Self.services + ["kafka-1", "kafka-2", "kafka-3", "postgres"] {
            #expect(Self.section(name, of: text).contains("healthcheck:"), "\(name)")
        }
    }

    @Test("an acknowledged message is on two brokers of three, and no leader is elected that lacks it")
    func replication() async throws {
        let broker = Self.section("kafka-1", of: try await configuration())
        #expect(broker.contains("KAFKA_DEFAULT_REPLICATION_FACTOR: '3'") || broker.contains("KAFKA_DEFAULT_REPLICATION_FACTOR: 3"))
        #expect(broker.contains("KAFKA_MIN_INSYNC_REPLICAS: '2'") || broker.contains("KAFKA_MIN_INSYNC_REPLICAS: 2"))
        #expect(broker.contains(/KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: ['"]false/))
    }

    @Test("each service has a database role of its own that can open no other's database")
    func roles() throws {
        let script = try String(contentsOfFile: Command.repository + "/deploy/postgres-roles.sh", encoding: .utf8)
        #expect(script.contains("for service in \(Self.services.joined(separator: " ")); do"))
        #expect(script.contains("revoke connect on database"))
    }

    @Test("nothing listens beyond this machine")
    func ports() async throws {
        let lines = try await configuration().split(separator: "\n")
        let ports = lines.indices.filter { lines[$0].hasSuffix("ports:") }.map { lines[$0 + 1].trimmingCharacters(in: .whitespaces) }
        #expect(ports.count == 5)
        for port in ports { #expect(port.hasPrefix("- 127.0.0.1:"), "\(port)") }
    }
}
