import ArgumentParser
import Foundation
import Kafka
import TestKit
import Testing

@testable import Operations

/// An installation that `quan up` did not start, for example in containers: only its Kafka servers and the services' addresses are known.
@Suite("An installation that quan up did not start", .serialized)
struct ForeignInstallationTests {
    private static let environment = [
        "QUAN_KAFKA_BOOTSTRAP_SERVERS": "kafka-1:9092,kafka-2:9092", "QUAN_KAFKA_PROPERTIES_SECURITY_PROTOCOL": "sasl_ssl",
        "QUAN_KAFKA_PROPERTIES_SASL_USERNAME": "quan", "PATH": "/bin",
    ]

    private static func option(_ arguments: String...) throws -> InstallationOption { try InstallationOption.parse(arguments) }

    @Test(
        "it is found by the Kafka servers in the environment or in --kafka, and its services by one URL with a placeholder or by a list")
    func found() throws {
        let installation = try Installation(try Self.option(), environment: Self.environment)
        #expect(installation.kafka.bootstrapServers == "kafka-1:9092,kafka-2:9092")
        #expect(installation.kafka.properties == ["security.protocol": "sasl_ssl", "sasl.username": "quan"])
        #expect(installation.services.map(\.name) == PlatformService.all.map(\.name))
        #expect(try installation.service("ordering").address == HTTPAddress(host: "ordering", port: 8080))
        #expect(installation.portal == "http://portal:8080")

        let named = try Installation(
            try Self.option("--kafka", "other:9092", "--services-url", "http://*.quan.svc:81"), environment: Self.environment)
        #expect(named.kafka.bootstrapServers == "other:9092" && named.kafka.properties.count == 2)
        #expect(try named.service("timer").address == HTTPAddress(host: "timer.quan.svc", port: 81))
        let some = try Installation(
            try Self.option("--services-url", "portal=http://10.0.0.1:80,ordering=http://10.0.0.2"), environment: Self.environment)
        #expect(some.services.map(\.address.description) == ["10.0.0.1:80", "10.0.0.2:80"])
    }

    @Test(
        "a malformed address of services is refused",
        arguments: [
            "https://*:8080", "*:8080", "http://", "ordering:8080", "http://*:8080/api", "order=http://a", "ordering=", "ordering=a",
        ])
    func noAddress(text: String) throws {
        #expect(throws: CommandError.self) {
            try Installation(try Self.option("--services-url", text), environment: Self.environment)
        }
    }

    @Test("an installation on this machine gets the environment's Kafka properties only if it uses the environment's Kafka servers")
    func properties() {
        func installation(on servers: String) -> Installation {
            let record = PlatformRecord(
                pid: 1, kafkaBootstrapServers: servers, databaseHost: "", databasePort: 1, portal: "", isRehearsal: true, services: [])
            return Installation(record: record, environment: Self.environment)
        }
        #expect(installation(on: "127.0.0.1:4567").kafka.properties.isEmpty)
        #expect(installation(on: "kafka-1:9092,kafka-2:9092").kafka.properties.count == 2)
    }

    @Test("--state takes precedence over the Kafka servers in the environment")
    func named() throws {
        #expect {
            try Installation(try Self.option("--state", "/nonexistent"), environment: Self.environment)
        } throws: {
            "\($0)".contains("/nonexistent")
        }
    }

    @Test("status, parked, ledger, audit, republish and publish work with Kafka servers and addresses, without a state folder")
    func commands() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let urls = installation.record.services.map { "\($0.name)=http://localhost:\($0.httpPort)" }.joined(separator: ",")
            func quan(_ arguments: String...) async throws -> Command {
                try await Command.run(
                    Command.quan, arguments,
                    environment: [
                        "QUAN_KAFKA_BOOTSTRAP_SERVERS": installation.record.kafkaBootstrapServers, "QUAN_SERVICES_URL": urls,
                        "QUAN_KAFKA_PROPERTIES_CLIENT_RACK": "a", "XDG_STATE_HOME": "/nonexistent",
                    ])
            }
            let status = try await quan("status")
            #expect(status.status == 0, "\(status.output) \(status.errors)")
            for service in PlatformService.all {
                let line = status.output.split(separator: "\n").last { $0.hasPrefix(service.name + " ") }
                #expect(line?.contains(#/ ready +- /#) == true, "\(status.output)")
            }
            #expect(status.output.contains("portal http://localhost:"))
            for arguments in [["ledger", "check"], ["audit", "verify"], ["parked", "list"]] {
                let done = try await quan(arguments[0], arguments[1])
                #expect(done.status == 0, "\(arguments): \(done.output) \(done.errors)")
            }
            let republished = try await quan("outbox", "republish", "catalogue", "catalogue.events")
            #expect(republished.status == 0, "\(republished.errors)")

            let file = Command.repository + "/Shared/Programmes/beijing-2026.yaml"
            let again = try await quan("programme", "publish", file)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("is published, unchanged") && again.output.contains("every service has read it"))
            let changed = "/tmp/quan-test-\(UUID().uuidString).yaml"
            defer { try? FileManager.default.removeItem(atPath: changed) }
            try String(contentsOfFile: file, encoding: .utf8)
                .appending("\n# other words\n").write(toFile: changed, atomically: true, encoding: .utf8)
            let refused = try await quan("programme", "publish", changed, "--clauses", Command.repository + "/Shared/Programmes/clauses")
            #expect(refused.status == 1 && refused.errors.contains("QUAN-"), "\(refused.output) \(refused.errors)")

            let silent = try await quan("status", "--services-url", "ordering=http://127.0.0.1:1")
            #expect(silent.status == 1 && silent.output.contains("ordering does not answer at 127.0.0.1:1"), "\(silent.output)")
        }
    }

    @Test("a command fails by itself if there is no broker at the address")
    func noBroker() async throws {
        let done = try await Command.run(Command.quan, ["ledger", "check", "--kafka", "127.0.0.1:1"])
        // A command that does not end is killed, which is another status.
        #expect(done.status == 1 && done.errors.contains("127.0.0.1:1"), "\(done.output) \(done.errors)")
    }
}
