import Configuration
import Foundation
import Testing

@testable import ServiceHost

private let port = Setting.integer("http.port", standard: 8080, in: 0...65535, "Port.")
private let host = Setting.text("database.host", standard: "localhost", "Host.")
private let password = Setting.optionalText("database.password", secret: true, "Password.")
private let lease = Setting.duration("database.leaseDeadline", standard: .seconds(10), in: .milliseconds(10)...(.seconds(60)), "Lease.")
private let servers = Setting.list("kafka.bootstrapServers", standard: ["localhost:9092"], "Brokers.")
private let properties = Setting.properties("kafka.properties", secret: true, "Properties.")
private let mode = Setting.choice("database.sslmode", of: ["disable", "require"], standard: "disable", "Mode.")
private let rehearsal = Setting.boolean("clock.rehearsal", standard: false, "Rehearsal.")
private let declarations = [
    port.declaration, host.declaration, password.declaration, lease.declaration, servers.declaration, properties.declaration,
    mode.declaration, rehearsal.declaration,
]

private func read(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> Settings {
    guard
        case .run(let settings) = try SettingsRequest.read(
            arguments: arguments, environment: environment, declarations: declarations)
    else { throw StartFailure(.usage, "the request is for help") }
    return settings
}

private func problems(_ arguments: [String] = [], _ environment: [String: String] = [:]) -> [String] {
    do {
        _ = try read(arguments, environment)
        return []
    } catch {
        return (error as? SettingsRefusal)?.problems.map(\.description) ?? ["\(error)"]
    }
}

private func withFile<Result>(_ name: String, _ text: String, _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return try body(file.path)
}

@Suite("Settings")
struct SettingsTests {
    @Test("a setting that is not set has its default")
    func standards() throws {
        let settings = try read()
        #expect(settings[port] == 8080)
        #expect(settings[password] == nil)
        #expect(settings[lease] == .seconds(10))
        #expect(settings[servers] == ["localhost:9092"])
        #expect(settings.origin(of: port) == .standard)
        #expect(settings.summary.isEmpty)
    }

    @Test("flags take precedence over the environment, the environment over the file, the file over defaults")
    func precedence() throws {
        try withFile("quan.yaml", "http: {port: 1}\ndatabase: {host: file, leaseDeadline: 1s}\n") { path in
            let environment = ["QUAN_HTTP_PORT": "2", "QUAN_DATABASE_HOST": "environment", "QUAN_CONFIG_FILE": path]
            let settings = try read(["--http-port", "3"], environment)
            #expect(settings[port] == 3)
            #expect(settings.origin(of: port) == .flag)
            #expect(settings[host] == "environment")
            #expect(settings[lease] == .seconds(1))
            #expect(settings.origin(of: lease) == .file(path))
        }
    }

    @Test("the flag for the file takes precedence over the environment variable for it")
    func fileFlag() throws {
        try withFile("quan.json", #"{"http": {"port": 7}}"#) { path in
            let settings = try read(["--config", path], ["QUAN_CONFIG_FILE": "/nowhere.json"])
            #expect(settings[port] == 7)
        }
    }

    @Test(
        "every kind of setting can be read from JSON and from YAML",
        arguments: [
            (
                "quan.json",
                #"""
                {"http": {"port": 81}, "database": {"host": "db", "leaseDeadline": "250ms", "password": "hush-hush", "sslmode": "require"},
                 "kafka": {"bootstrapServers": ["a:1", "b:2"], "properties": {"sasl.mechanism": "PLAIN", "ssl": {"ca": {"location": "/ca"}}}},
                 "clock": {"rehearsal": true}}
                """#
            ),
            (
                "quan.yaml",
                """
                http: {port: 81}
                database:
                  host: db
                  leaseDeadline: 250ms
                  password: hush-hush
                  sslmode: require
                kafka:
                  bootstrapServers: [ "a:1", "b:2" ]
                  properties: {sasl.mechanism: PLAIN, ssl: {ca: {location: /ca}}}
                clock: {rehearsal: true}
                """
            ),
        ])
    func files(name: String, text: String) throws {
        try withFile(name, text) { path in
            let settings = try read(["--config", path])
            #expect(settings[port] == 81)
            #expect(settings[host] == "db")
            #expect(settings[lease] == .milliseconds(250))
            #expect(settings[password] == "hush-hush")
            #expect(settings[mode] == "require")
            #expect(settings[servers] == ["a:1", "b:2"])
            #expect(settings[properties] == ["sasl.mechanism": "PLAIN", "ssl.ca.location": "/ca"])
            #expect(settings[rehearsal])
        }
    }

    @Test("every kind of setting can be read from flags and from the environment")
    func flagsAndEnvironment() throws {
        let fromFlags = try read([
            "--http-port=81", "--database-host", "db", "--database-lease-deadline", "250ms", "--database-password", "a,b,c",
            "--kafka-bootstrap-servers", "a:1,b:2", "--kafka-properties-sasl-mechanism", "PLAIN", "--clock-rehearsal",
        ])
        let fromEnvironment = try read(
            [],
            [
                "QUAN_HTTP_PORT": "81", "QUAN_DATABASE_HOST": "db", "QUAN_DATABASE_LEASE_DEADLINE": "250ms",
                "QUAN_DATABASE_PASSWORD": "a,b,c", "QUAN_KAFKA_BOOTSTRAP_SERVERS": "a:1, b:2",
                "QUAN_KAFKA_PROPERTIES_SASL_MECHANISM": "PLAIN", "QUAN_CLOCK_REHEARSAL": "true",
            ])
        for settings in [fromFlags, fromEnvironment] {
            #expect(settings[port] == 81)
            #expect(settings[host] == "db")
            #expect(settings[lease] == .milliseconds(250))
            #expect(settings[password] == "a,b,c")
            #expect(settings[servers] == ["a:1", "b:2"])
            #expect(settings[properties] == ["sasl.mechanism": "PLAIN"])
            #expect(settings[rehearsal])
        }
    }

    @Test("properties of several sources are merged one by one")
    func mergedProperties() throws {
        let settings = try read(
            ["--kafka-properties-sasl-mechanism", "SCRAM"],
            ["QUAN_KAFKA_PROPERTIES_SASL_MECHANISM": "PLAIN", "QUAN_KAFKA_PROPERTIES_SASL_USERNAME": "toy"])
        #expect(settings[properties] == ["sasl.mechanism": "SCRAM", "sasl.username": "toy"])
    }

    @Test("an empty variable counts as not set, and variables without the prefix QUAN_ are ignored")
    func emptyVariables() throws {
        let settings = try read([], ["QUAN_HTTP_PORT": "", "HTTP_PORT": "1", "PATH": "/bin"])
        #expect(settings[port] == 8080)
    }

    @Test("unknown names in all sources are refused together, each with the nearest known name")
    func unknownNames() throws {
        try withFile("quan.yaml", "database: {hots: x}\nhttp: {port: 1, colour: red}\n") { path in
            let found = problems(["--http-prot", "1", "--config", path], ["QUAN_DATABSE_HOST": "x"])
            #expect(
                found == [
                    "--http-prot (flag): is not a setting; did you mean --http-port?",
                    "QUAN_DATABSE_HOST (environment): is not a setting; did you mean QUAN_DATABASE_HOST?",
                    "database.hots (file \(path)): is not a setting; did you mean database.host?",
                    "http.colour (file \(path)): is not a setting; --help lists all settings",
                ])
        }
    }

    @Test("QUAN-13: the refusal cites the platform's rule")
    func rule() {
        let refusal = SettingsRefusal(problems: [SettingProblem(name: "QUAN_X", origin: .environment, reason: "is not a setting")])
        #expect("\(refusal)" == "a setting is refused (QUAN-13):\n  QUAN_X (environment): is not a setting")
    }

    @Test(
        "an invalid value is refused with its name, source, value and the expected form",
        arguments: [
            ("QUAN_HTTP_PORT", "abc", "'abc' is not a whole number from 0 to 65535"),
            ("QUAN_HTTP_PORT", "65536", "'65536' is not a whole number from 0 to 65535"),
            ("QUAN_HTTP_PORT", "99999999999999999999", "'99999999999999999999' is not a whole number from 0 to 65535"),
            (
                "QUAN_DATABASE_LEASE_DEADLINE", "10",
                "'10' is not a duration such as 250ms, 5s, 2m or 1h, from 10ms to 1m"
            ),
            ("QUAN_DATABASE_LEASE_DEADLINE", "2m", "'2m' is not a duration such as 250ms, 5s, 2m or 1h, from 10ms to 1m"),
            ("QUAN_DATABASE_SSLMODE", "yes", "'yes' is not one of disable, require"),
            ("QUAN_CLOCK_REHEARSAL", "perhaps", "'perhaps' is not true or false"),
        ])
    func badValues(name: String, value: String, reason: String) {
        #expect(problems([], [name: value]) == ["\(name) (environment): \(reason)"])
    }

    @Test("a value of the wrong type in a file is refused, not converted")
    func otherTypes() throws {
        try withFile("quan.json", #"{"http": {"port": true}, "database": {"host": ["a"]}, "clock": {"rehearsal": 1}}"#) { path in
            #expect(
                problems(["--config", path]) == [
                    "http.port (file \(path)): 'true' is not a whole number from 0 to 65535",
                    "database.host (file \(path)): '[\"a\"]' is not a text of at least one character",
                    "clock.rehearsal (file \(path)): '1' is not true or false",
                ])
        }
    }

    @Test("a secret appears neither in a refusal nor in the summary")
    func secrets() throws {
        let strict = Setting.requiredText("vault.key", secret: true, "Key.").declaration
        let refusal = #expect(throws: SettingsRefusal.self) {
            try SettingsRequest.read(arguments: ["--vault-key="], environment: [:], declarations: [strict])
        }
        #expect(refusal?.problems.map(\.reason) == ["its value (secret, not shown) is not a text of at least one character"])
        let settings = try read([], ["QUAN_DATABASE_PASSWORD": "hush-hush", "QUAN_KAFKA_PROPERTIES_SASL_PASSWORD": "mum-mum"])
        #expect(settings.summary["database.password"] == "(secret) (environment)")
        #expect(!"\(settings.summary)".contains("mum-mum"))
        #expect(Set(settings.secrets) == ["hush-hush", "mum-mum"])
    }

    @Test("a missing required setting is refused, and the refusal names the ways to set it")
    func required() {
        let name = Setting.requiredText("city.name", "The city.").declaration
        #expect {
            try SettingsRequest.read(arguments: [], environment: [:], declarations: [name])
        } throws: { error in
            "\(error)".contains("city.name (default): has no value") && "\(error)".contains("QUAN_CITY_NAME, --city-name or city.name")
        }
    }

    @Test("values without a flag, flags without a value and repeated flags are refused")
    func strayArguments() {
        #expect(problems(["8080"]).first?.hasPrefix("8080 (flag): is a value without a flag") == true)
        #expect(problems(["--http-port", "1", "2"]).contains { $0.hasPrefix("2 (flag): is a value without a flag") })
        #expect(problems(["--http-port"]) == ["--http-port (flag): its value is not a whole number from 0 to 65535"])
        #expect(problems(["--database-host", "a", "--database-host", "b"]) == ["--database-host (flag): is given more than once"])
        #expect(problems(["--config"]).contains("--config (flag): requires the path of a configuration file"))
    }

    @Test(
        "an unusable file is refused with its path and the reason",
        arguments: [
            ("quan.toml", "a = 1", "its name must end in"), ("quan.json", "{", "not a well-formed"),
            ("quan.yaml", "- a", "not a well-formed"),
        ])
    func badFiles(name: String, text: String, reason: String) throws {
        try withFile(name, text) { path in
            let found = problems(["--config", path])
            #expect(found.count == 1 && found[0].hasPrefix("\(path) (file \(path)): ") && found[0].contains(reason))
        }
    }

    @Test("a missing file is refused")
    func missingFile() {
        #expect(problems(["--config", "/nowhere/quan.yaml"]).first?.contains("there is no such file") == true)
    }

    @Test("help lists each setting's three names, type, bounds and default, and the exit codes")
    func help() throws {
        guard case .help = try SettingsRequest.read(arguments: ["--help"], environment: [:], declarations: declarations) else {
            Issue.record("--help must request the help text")
            return
        }
        let text = SettingsHelp.text(program: "toy", purpose: "Counts.", declarations: HostSettings.all)
        for declaration in HostSettings.all {
            #expect(text.contains(declaration.flagName))
            #expect(text.contains(declaration.environmentName))
            #expect(text.contains(declaration.summary))
        }
        #expect(text.contains("Value: a whole number from 1 to 65535; default 5432."))
        #expect(text.contains("64  "))
    }

    @Test("names in help are those that the configuration library reads")
    func namesMatchTheLibrary() throws {
        for declaration in HostSettings.all where declaration.kind != .properties {
            let key = AbsoluteConfigKey(["quan"] + declaration.key.split(separator: ".").map(String.init))
            let environment = EnvironmentVariablesProvider(environmentVariables: [:])
            #expect(try environment.value(forKey: key, type: .string).encodedKey == declaration.environmentName)
            let flags = CommandLineArgumentsProvider(arguments: [])
            let flagKey = AbsoluteConfigKey(Array(key.components.dropFirst()))
            #expect(try flags.value(forKey: flagKey, type: .string).encodedKey == declaration.flagName)
        }
    }

    @Test("every default is a valid value of its setting")
    func standardsWithinBounds() {
        for declaration in HostSettings.all {
            guard let standard = declaration.standard, declaration.kind != .properties else { continue }
            #expect(declaration.kind.content(ofText: standard.text) == standard, "\(declaration.key)")
        }
    }

    @Test("a duration's text can be read again", arguments: ["0ms", "1ms", "999ms", "1s", "90s", "2m", "24h"])
    func durations(text: String) {
        #expect(Duration(settingText: text)?.settingText == text)
    }

    @Test("an invalid duration is refused", arguments: ["", "s", "5", "-5s", "1.5s", "5 s", "5d", "9223372036854775807h", "٣s"])
    func notDurations(text: String) {
        #expect(Duration(settingText: text) == nil)
    }
}
