import Foundation
import Testing

/// The rights granted by deploy/kafka-acls.sh, determined by running it with a stub of Kafka's tool that prints its arguments.
struct Grants {
    enum Operation: String, Hashable { case read = "Read", write = "Write", create = "Create", describe = "Describe" }

    struct Right: Hashable {
        let user: String
        let operation: String
        let topic: String?
        let group: String?
        let isPrefix: Bool
    }

    let rights: Set<Right>

    func topics(_ operation: Operation, of user: String) -> Set<String> {
        Set(rights.filter { $0.user == user && $0.operation == operation.rawValue }.compactMap(\.topic))
    }

    func groups(of user: String, isPrefix: Bool) -> Set<String> {
        Set(rights.filter { $0.user == user && $0.operation == "Read" && $0.isPrefix == isPrefix }.compactMap(\.group))
    }

    static func ofScript() async throws -> Grants {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-acls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "#!/bin/bash\nprintf '%s ' \"$@\"\necho\n".write(toFile: folder + "/kafka-acls.sh", atomically: true, encoding: .utf8)
        chmod(folder + "/kafka-acls.sh", 0o755)
        let run = try await Command.run(
            "/bin/bash", [Command.repository + "/deploy/kafka-acls.sh"],
            environment: [
                "PATH": "\(folder):/usr/bin:/bin", "KAFKA": "--bootstrap-server kafka-1:9092 --command-config admin.properties",
            ])
        try #require(run.status == 0, "\(run.errors)")
        return Grants(
            rights: Set(try run.output.split(separator: "\n").flatMap { try rights(of: $0.split(separator: " ").map(String.init)) }))
    }

    private static func rights(of call: [String]) throws -> [Right] {
        try #require(call.starts(with: ["--bootstrap-server", "kafka-1:9092", "--command-config", "admin.properties", "--add"]))
        var values: [String: [String]] = [:]
        let options = Array(call.dropFirst(5))
        for index in stride(from: 0, to: options.count, by: 2) { values[options[index], default: []].append(options[index + 1]) }
        let known = ["--allow-principal", "--operation", "--topic", "--group", "--resource-pattern-type"]
        try #require(Set(values.keys).isSubset(of: known), "\(values.keys)")
        let isPrefix = values["--resource-pattern-type"] == ["prefixed"]
        return (values["--allow-principal"] ?? []).flatMap { principal in
            (values["--operation"] ?? []).flatMap { operation in
                let user = String(principal.dropFirst("User:".count))
                return (values["--topic"] ?? []).map {
                    Right(user: user, operation: operation, topic: $0, group: nil, isPrefix: isPrefix)
                }
                    + (values["--group"] ?? []).map { Right(user: user, operation: operation, topic: nil, group: $0, isPrefix: isPrefix) }
            }
        }
    }
}
