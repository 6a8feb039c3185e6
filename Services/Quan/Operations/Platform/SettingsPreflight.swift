import Foundation

/// Makes every service check its settings (`instance.checkOnly`) before any part of an installation is started, so that the operator sees
/// all problems at once.
struct SettingsPreflight: Sendable {
    /// The timeout of one service's check.
    private static let timeout = Duration.seconds(60)

    let options: Platform.Options
    let folder: StateFolder

    /// Throws `SettingsRefused` when a service refuses its settings.
    func run() async throws {
        let refusals = try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for service in options.services { group.addTask { (service.name, try await refusal(of: service)) } }
            return try await group.reduce(into: [String: String]()) { $0[$1.0] = $1.1 }
        }
        guard refusals.isEmpty else {
            throw SettingsRefused(
                refusals: options.services.compactMap { service in refusals[service.name].map { (service.name, $0) } },
                serviceCount: options.services.count)
        }
    }

    /// The text that a service prints when it refuses its settings; nil when it accepts them.
    private func refusal(of service: PlatformService) async throws -> String? {
        let output = folder.path + "/logs/\(service.name).settings"
        try? FileManager.default.removeItem(atPath: output)
        defer { try? FileManager.default.removeItem(atPath: output) }
        // The database and the broker do not exist yet, so placeholders are used; the check connects to nothing.
        let database = [
            "QUAN_DATABASE_HOST": options.environment["QUAN_DATABASE_HOST"] ?? folder.path, "QUAN_DATABASE_PORT": "5432",
            "QUAN_DATABASE_NAME": service.name, "QUAN_DATABASE_USER": service.name, "QUAN_DATABASE_PASSWORD": "not-known-yet",
        ]
        var environment = try Platform.environment(
            of: service, options, folder, kafka: options.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"] ?? "127.0.0.1:9092",
            database: database, httpPort: 0, bank: Platform.noBank)
        environment["QUAN_INSTANCE_CHECK_ONLY"] = "true"
        let child = try await Child.start([try Programs.file(service)], environment: environment, log: output)
        let killer = Task {
            try await Task.sleep(for: Self.timeout)
            child.signal(SIGKILL)
        }
        let status = await child.status()
        killer.cancel()
        guard status != 0 else { return nil }
        let text = (try? String(contentsOfFile: output, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return text.isEmpty ? "\(service.name): ended with status \(status)" : text
    }
}

/// The refusals of services that were asked to check their settings.
struct SettingsRefused: Error, CustomStringConvertible {
    /// The names of the refusing services and their messages, in the order of services.
    let refusals: [(service: String, text: String)]
    /// The number of services that checked their settings.
    let serviceCount: Int

    /// One line for each problem, with the services that report it.
    var description: String {
        var services: [String: [String]] = [:]
        var lines: [String] = []
        for (service, text) in refusals {
            for line in text.split(separator: "\n") {
                // A service prints a heading and then one indented line for each problem; a message of one line is a problem itself.
                if line.hasSuffix("):") { continue }
                let problem = line.trimmingCharacters(in: .whitespaces)
                if services[problem] == nil { lines.append(problem) }
                services[problem, default: []].append(service)
            }
        }
        let problems = lines.map { problem in
            let names = services[problem] ?? []
            return "  \(problem) [\(names.count == serviceCount ? "every service" : names.joined(separator: ", "))]"
        }
        return (["quan: settings are refused (QUAN-13):"] + problems).joined(separator: "\n")
    }
}
