import Testing

@testable import ServiceHost

private let copies = Setting.integer("kafka.copies", formerKey: "kafka.replicas", standard: 3, in: 1...7, "Copies.")
private let account = Setting.requiredText("bank.account", "The account.")
private let declarations = HostSettings.all + [copies.declaration, account.declaration]

private func read(
    _ environment: [String: String], arguments: [String] = [], rules: [SettingsRule] = ProductionRules.all
) throws -> Settings {
    guard
        case .run(let settings) = try SettingsRequest.read(
            arguments: arguments, environment: environment, declarations: declarations, rules: rules)
    else { throw StartFailure(.usage, "the request is for help") }
    return settings
}

private func problems(
    _ environment: [String: String], arguments: [String] = [], rules: [SettingsRule] = ProductionRules.all
) -> [String] {
    do {
        _ = try read(environment, arguments: arguments, rules: rules)
        return []
    } catch {
        return (error as? SettingsRefusal)?.problems.map(\.description) ?? ["\(error)"]
    }
}

@Suite("Rules between settings")
struct SettingsRuleTests {
    private static let production = [
        "QUAN_PROFILE": "production", "QUAN_BANK_ACCOUNT": "1", "QUAN_DATABASE_HOST": "db.example", "QUAN_DATABASE_SSLMODE": "verify-full",
        "QUAN_KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092", "QUAN_KAFKA_PROPERTIES_SECURITY_PROTOCOL": "SASL_SSL",
        "QUAN_OFFICES": "beijing-2026/officer=00000000-0000-4000-8000-000000000001",
    ]

    @Test("a complete production installation is accepted")
    func complete() throws {
        #expect(problems(Self.production) == [])
    }

    @Test(
        "the production profile refuses unencrypted connections, a rehearsal and missing offices, each by name",
        arguments: [
            ("QUAN_DATABASE_SSLMODE", "prefer"), ("QUAN_DATABASE_SSLMODE", "disable"), ("QUAN_DATABASE_SSLMODE", "allow"),
            ("QUAN_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("QUAN_REHEARSAL", "true"), ("QUAN_OFFICES", ""),
        ])
    func refused(name: String, value: String) throws {
        let found = problems(Self.production.merging([name: value]) { $1 })
        let reported = name.hasPrefix("QUAN_KAFKA_PROPERTIES") ? "QUAN_KAFKA_PROPERTIES" : name
        #expect(found.count == 1 && found[0].hasPrefix("\(reported) (") && found[0].contains("QUAN_PROFILE=production"), "\(found)")
        let development = Self.production.merging([name: value, "QUAN_PROFILE": "development"]) { $1 }
        #expect(problems(development) == [], "the development profile allows it")
    }

    @Test("all problems are listed at once, including those without a rule, and each setting once")
    func allAtOnce() {
        let found = problems([
            "QUAN_PROFILE": "production", "QUAN_DATABASE_HOST": "db.example", "QUAN_DATABASE_PORT": "many", "QUAN_WRONG": "1",
        ])
        for name in ["QUAN_DATABASE_PORT", "QUAN_WRONG", "bank.account", "QUAN_DATABASE_SSLMODE", "QUAN_OFFICES"] {
            #expect(found.filter { $0.hasPrefix(name + " ") }.count == 1, "\(name): \(found)")
        }
        #expect(found.count == 5, "\(found)")
    }

    @Test("connections to this machine may be unencrypted in production", arguments: ["/run/postgresql", "localhost", "127.0.0.1", "::1"])
    func thisMachine(host: String) {
        let server = host.hasPrefix("/") ? "localhost:9092" : host == "::1" ? "[::1]:9092" : "\(host):9092"
        let local = [
            "QUAN_DATABASE_HOST": host, "QUAN_DATABASE_SSLMODE": "prefer", "QUAN_KAFKA_BOOTSTRAP_SERVERS": server,
            "QUAN_KAFKA_PROPERTIES_SECURITY_PROTOCOL": "PLAINTEXT",
        ]
        #expect(problems(Self.production.merging(local) { $1 }) == [])
    }

    @Test("a name that only begins like a loopback address is another host", arguments: ["127.example.com", "127.0.0.1.example.com"])
    func anotherHost(host: String) {
        let found = problems(Self.production.merging(["QUAN_DATABASE_HOST": host, "QUAN_DATABASE_SSLMODE": "prefer"]) { $1 })
        #expect(found.count == 1 && found[0].hasPrefix("QUAN_DATABASE_SSLMODE"), "\(found)")
    }

    @Test("a former name is accepted, and both names in one source are refused")
    func formerName() throws {
        let account = ["QUAN_BANK_ACCOUNT": "1"]
        #expect(try read(account.merging(["QUAN_KAFKA_REPLICAS": "5"]) { $1 })[copies] == 5)
        #expect(try read(account, arguments: ["--kafka-replicas", "2"])[copies] == 2)
        #expect(try read(account.merging(["QUAN_KAFKA_REPLICAS": "5"]) { $1 }, arguments: ["--kafka-copies", "6"])[copies] == 6)
        let both = problems(account.merging(["QUAN_KAFKA_REPLICAS": "5", "QUAN_KAFKA_COPIES": "4"]) { $1 })
        #expect(
            both == [
                "QUAN_KAFKA_REPLICAS (environment): is the former name of QUAN_KAFKA_COPIES, which is set too; remove the former name"
            ])
        #expect(problems(account.merging(["QUAN_KAFKA_REPLICAS": "9"]) { $1 }).count == 1)
    }

    @Test("a violated rule reports the setting with its source, but not a setting whose value is already refused")
    func reported() {
        let rule = SettingsRule(copies) { $0[copies] % 2 == 0 ? "must be odd" : nil }
        let account = ["QUAN_BANK_ACCOUNT": "1"]
        #expect(problems(account, arguments: ["--kafka-copies", "4"], rules: [rule]) == ["--kafka-copies (flag): must be odd"])
        #expect(
            problems(account.merging(["QUAN_KAFKA_COPIES": "4"]) { $1 }, rules: [rule])
                == ["QUAN_KAFKA_COPIES (environment): must be odd"])
        #expect(problems(account.merging(["QUAN_KAFKA_COPIES": "90"]) { $1 }, rules: [rule]).count == 1)
        #expect(problems(account, rules: [rule]).isEmpty)
    }
}
