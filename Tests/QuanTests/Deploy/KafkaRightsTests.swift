import FileStore
import Foundation
import IdentityDomain
import Messages
import Testing

@testable import Catalogue
@testable import Identity
@testable import Messaging
@testable import Operations
@testable import Ordering
@testable import Payout
@testable import Portal
@testable import Redemption
@testable import Timer
@testable import quan

/// Compares the rights that `quan topics --acls` prints with the topics in each service's handler registry.
@Suite("Rights on Kafka")
struct KafkaRightsTests {
    /// The topics in a handler registry.
    private struct TopicUse {
        let service: String
        let reads: Set<String>
        let commandsFrom: Set<String>
        let asks: Set<String>
        /// The services whose topics it reads: it requests missing records from them.
        let readFrom: Set<String>

        init<Rows: UnitOfWork>(_ registry: HandlerRegistry<Rows>) {
            service = registry.service
            reads = Set(registry.topics)
            commandsFrom = Set(registry.commandsFrom)
            asks = Set(registry.asks)
            readFrom = Set(registry.topics.flatMap { registry.writers(to: $0) })
        }
    }

    private static func tables() throws -> [TopicUse] {
        let cipher = try AccountCipher(masterKeys: [Data(repeating: 7, count: 32).base64EncodedString()])
        return [
            TopicUse(CatalogueHandlers.registry), TopicUse(IdentityHandlers.registry(.recorded)), TopicUse(OrderingHandlers.registry),
            TopicUse(RedemptionHandlers.registry(files: FileStore(folder: URL(filePath: "/nowhere")))),
            TopicUse(PayoutHandlers.registry(cipher: cipher)), TopicUse(TimerHandlers.registry), TopicUse(PortalHandlers.registry),
        ]
    }

    @Test("a service may read exactly the topics in its handler registry")
    func reads() async throws {
        let grants = try await Grants.ofScript()
        let tables = try Self.tables()
        #expect(Set(tables.map(\.service)) == Set(PlatformService.all.map(\.name)))
        for table in tables { #expect(grants.topics(.read, of: table.service) == table.reads, "\(table.service)") }
        #expect(grants.topics(.read, of: "quan") == [Topic.replies])
    }

    @Test("a service may write its events, replies, commands and republish requests, but no other service's events")
    func writes() async throws {
        let grants = try await Grants.ofScript()
        let tables = try Self.tables()
        for table in tables {
            let service = table.service
            let sends = Set(tables.filter { $0.commandsFrom.contains(service) }.map(\.service)).union(table.asks)
            let needed = Set([Topic.events(of: service), Topic.parked(of: service), Topic.replies])
                .union(sends.union(table.readFrom).map(Topic.commands(of:)))
            let allowed = grants.topics(.write, of: service)
            #expect(allowed.isSuperset(of: needed), "\(service) may not write \(needed.subtracting(allowed).sorted())")
            // A service may also send commands to the services that read its topics, and to itself.
            let readers = Set(tables.filter { $0.readFrom.contains(service) }.map(\.service)).union([service])
            let more = allowed.subtracting(needed).subtracting(readers.map(Topic.commands(of:)))
            #expect(more.isEmpty, "\(service) may write \(more.sorted()) but never does")
        }
        #expect(grants.topics(.write, of: "quan") == Set(PlatformService.all.map { Topic.commands(of: $0.name) }))
    }

    @Test("a service may use only the consumer group of its name, and groups with its prefix if it waits for replies")
    func groups() async throws {
        let grants = try await Grants.ofScript()
        for table in try Self.tables() {
            #expect(grants.groups(of: table.service, isPrefix: false) == [table.service])
            #expect(grants.groups(of: table.service, isPrefix: true) == (table.asks.isEmpty ? [] : ["\(table.service)-"]))
        }
        #expect(grants.groups(of: "quan", isPrefix: false).isEmpty && grants.groups(of: "quan", isPrefix: true) == ["quan-"])
    }

    @Test("services may describe and create every topic of the list, the operator's tool creates none; no program may delete or alter")
    func making() async throws {
        let grants = try await Grants.ofScript()
        let all = Set(PlatformTopic.all.map(\.name))
        for service in PlatformService.all.map(\.name) {
            #expect(grants.topics(.create, of: service) == all && grants.topics(.describe, of: service) == all, "\(service)")
        }
        #expect(grants.topics(.create, of: "quan").isEmpty)
        #expect(Set(grants.rights.map(\.operation)) == ["Read", "Write", "Create", "Describe", "DescribeConfigs"])
        #expect(Set(grants.rights.map(\.user)) == Set(PlatformService.all.map(\.name) + ["quan"]))
    }

    @Test("deploy/kafka-acls.sh is what `quan topics --acls` prints")
    func printed() async throws {
        let printed = try await Command.run(Command.quan, ["topics", "--acls"])
        #expect(printed.status == 0, "\(printed.errors)")
        let file = try String(contentsOfFile: Command.repository + "/deploy/kafka-acls.sh", encoding: .utf8)
        #expect(printed.output == file, "regenerate it: quan topics --acls > deploy/kafka-acls.sh")
        #expect(try await Command.run(Command.quan, ["topics", "--acls", "--json"]).status == 64)
    }

    @Test("the job that grants the rights connects over TLS to the brokers of the file as their superuser")
    func job() async throws {
        let file = try await ComposeFile.shared()
        let job = try file.service("kafka-acls")
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-setup-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The script itself, with its paths replaced by local ones.
        let script = try String(contentsOfFile: Command.repository + "/deploy/kafka-setup.sh", encoding: .utf8)
        try #require(script.contains("/tmp/setup.properties") && script.contains("/opt/kafka/bin"))
        try script.replacing("/tmp/", with: folder + "/").replacing("/opt/kafka/bin", with: folder)
            .write(toFile: folder + "/kafka-setup.sh", atomically: true, encoding: .utf8)
        try "echo \"$KAFKA\"; command -v kafka-acls.sh".write(toFile: folder + "/acls", atomically: true, encoding: .utf8)
        try FileManager.default.moveItem(atPath: folder + "/acls", toPath: folder + "/kafka-acls.sh")
        chmod(folder + "/kafka-acls.sh", 0o755)
        let run = try await Command.run("/bin/bash", [folder + "/kafka-setup.sh"], environment: job.variables)
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output == """
                --bootstrap-server kafka-1:9092,kafka-2:9092,kafka-3:9092 --command-config \(folder)/setup.properties
                \(folder)/kafka-acls.sh

                """)
        let properties = try String(contentsOfFile: folder + "/setup.properties", encoding: .utf8)
        #expect(properties.contains("security.protocol=SASL_SSL"))
        #expect(properties.contains("username=\"setup\" password=\"\(file.secrets["QUAN_KAFKA_SETUP_PASSWORD"] ?? "-")\""))
        #expect(try file.service("kafka-1").variables["KAFKA_SUPER_USERS"]?.contains("User:setup") == true)
    }
}
