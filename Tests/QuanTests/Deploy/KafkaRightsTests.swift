import FileStore
import Foundation
import IdentityDomain
import Messages
import Testing

@testable import Catalogue
@testable import Identity
@testable import Messaging
@testable import Ordering
@testable import Payout
@testable import Portal
@testable import Redemption
@testable import Timer
@testable import quan

/// The rights that `quan topics --acls` prints, against what each service reads and writes by its table of contents.
@Suite("Rights on Kafka")
struct KafkaRightsTests {
    /// What a table of contents says of topics.
    private struct Table {
        let service: String
        let reads: Set<String>
        let commandsFrom: Set<String>
        let asks: Set<String>
        /// Those whose topics it reads: it asks them to send again what the log has lost.
        let readFrom: Set<String>

        init<Rows: WorkingRows>(_ contents: Contents<Rows>) {
            service = contents.service
            reads = Set(contents.topics)
            commandsFrom = Set(contents.commandsFrom)
            asks = Set(contents.asks)
            readFrom = Set(contents.topics.flatMap { contents.writers(to: $0) })
        }
    }

    private static func tables() throws -> [Table] {
        let vault = try Vault(masterKeys: [Data(repeating: 7, count: 32).base64EncodedString()])
        return [
            Table(CatalogueContents.contents), Table(IdentityContents.contents(.recorded)), Table(OrderingContents.contents),
            Table(RedemptionContents.contents(files: FileStore(folder: URL(filePath: "/nowhere")))),
            Table(PayoutContents.contents(vault: vault)), Table(TimerContents.contents), Table(PortalContents.contents),
        ]
    }

    @Test("a service may read what its table of contents reads, and nothing else")
    func reads() async throws {
        let grants = try await Grants.ofScript()
        let tables = try Self.tables()
        #expect(Set(tables.map(\.service)) == Set(PlatformService.all.map(\.name)))
        for table in tables { #expect(grants.topics(.read, of: table.service) == table.reads, "\(table.service)") }
        #expect(grants.topics(.read, of: "quan") == [Topic.replies])
    }

    @Test("a service may write what it tells, answers, asks and asks for again; of what others tell nothing")
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
            // Who is asked for something again may ask in turn, by commands; and what a service may do to itself is no matter.
            let readers = Set(tables.filter { $0.readFrom.contains(service) }.map(\.service)).union([service])
            let more = allowed.subtracting(needed).subtracting(readers.map(Topic.commands(of:)))
            #expect(more.isEmpty, "\(service) may write \(more.sorted()), and never does")
        }
        #expect(grants.topics(.write, of: "quan") == Set(PlatformService.all.map { Topic.commands(of: $0.name) }))
    }

    @Test("a service has the consumer group of its name, and whoever waits for answers groups of its own; nobody has another's")
    func groups() async throws {
        let grants = try await Grants.ofScript()
        for table in try Self.tables() {
            #expect(grants.groups(of: table.service, isPrefix: false) == [table.service])
            #expect(grants.groups(of: table.service, isPrefix: true) == (table.asks.isEmpty ? [] : ["\(table.service)-"]))
        }
        #expect(grants.groups(of: "quan", isPrefix: false).isEmpty && grants.groups(of: "quan", isPrefix: true) == ["quan-"])
    }

    @Test("services look at and make every topic of the list, and the operator's tool makes none; nobody may delete or alter anything")
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
        #expect(printed.output == file, "print it anew: quan topics --acls > deploy/kafka-acls.sh")
        #expect(try await Command.run(Command.quan, ["topics", "--acls", "--json"]).status == 64)
    }

    @Test("the job that gives the rights asks the brokers of the file, as their one user who may, over TLS")
    func job() async throws {
        let file = try await ComposeFile.shared()
        let job = try file.service("kafka-acls")
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-setup-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The script as it stands, with its own places moved here.
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
