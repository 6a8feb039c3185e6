import Foundation
import TestKit
import Testing

@testable import Operations

/// A `quan up` started by a test and stopped at its end.
final class TestInstallation: Sendable {
    /// Its `platform.json`.
    let record: PlatformRecord
    let folder: String
    let process: Child

    private init(record: PlatformRecord, folder: String, process: Child) {
        (self.record, self.folder, self.process) = (record, folder, process)
    }

    /// Starts an installation, runs `body`, and stops it.
    /// - Parameters:
    ///   - state: the state folder; nil for a temporary one.
    ///   - settings: additional environment variables.
    static func with(
        _ arguments: [String], state: String? = nil, settings: [String: String] = [:], _ body: (TestInstallation) async throws -> Void
    ) async throws {
        let log = "/tmp/quan-test-\(UUID().uuidString).log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("QUAN_") }
        environment["LC_ALL"] = "C.UTF-8"
        environment.merge(settings) { $1 }
        let process = try await Child.start(
            [Command.quan, "up", "--port", "0"] + (state.map { ["--state", $0] } ?? ["--ephemeral"]) + arguments, environment: environment,
            log: log)
        do {
            try await eventually("it is ready; its log: \(log)", within: .seconds(180)) {
                let output = try String(contentsOfFile: log, encoding: .utf8)
                if kill(process.pid, 0) != 0 { throw CommandError("quan up has ended: \(output)") }
                return output.contains("start_seconds")
            }
            let output = try String(contentsOfFile: log, encoding: .utf8)
            let folder = try #require(output.firstMatch(of: /state +(\/tmp\/quan-[\w-]+)/)?.1)
            let record = try PlatformRecord.read(in: String(folder))
            try await body(TestInstallation(record: record, folder: String(folder), process: process))
        } catch {
            await process.stop(within: .seconds(30))
            throw error
        }
        await process.stop(within: .seconds(30))
    }

    /// Runs an operator's command on it.
    func quan(_ arguments: String...) async throws -> Command {
        try await Command.run(Command.quan, arguments + ["--state", folder])
    }

    /// Kills services and waits until each is restarted.
    func killServices(_ services: [String]) async throws {
        let before = try Dictionary(uniqueKeysWithValues: services.map { ($0, try pid(of: $0)) })
        for pid in before.values { kill(pid, SIGKILL) }
        try await eventually("\(services) are restarted") {
            try before.allSatisfy { service, old in
                let now = try pid(of: service)
                return now != 0 && now != old
            }
        }
    }

    /// Kills the whole installation and waits until all its processes have ended.
    func killAll() async throws {
        let children = try children().map(\.pid)
        process.signal(SIGKILL)
        try await eventually("all its processes have ended") { children.allSatisfy { kill($0, 0) != 0 } }
    }

    /// The current process id of a service.
    func pid(of service: String) throws -> pid_t {
        try #require(try PlatformRecord.read(in: folder).services.first { $0.name == service }).pid
    }
}

/// A caller of the API.
struct Caller: Sendable {
    let installation: TestInstallation
    let token: String

    /// Signs in.
    init(_ installation: TestInstallation, _ organisation: UUID, _ role: String) async throws {
        self.installation = installation
        let signIn = try #require(installation.record.signIn.flatMap { URL(string: $0) })
        let body = #"{"person":"\#(role)","organisation":"\#(organisation.uuidString)","roles":["\#(role)"]}"#
        let answer = try await ServiceHTTP.post(port: signIn.port ?? 0, signIn.path, body: body, within: .seconds(30))
        let json = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])
        token = try #require(json["token"] as? String)
    }

    var port: Int { installation.record.services.first { $0.name == "portal" }?.httpPort ?? 0 }

    /// Posts a request and waits for its outcome. Returns the operation's id and the final answer. While the portal answers 503, the
    /// request is repeated with the same idempotency key, as the API requires.
    func post(_ path: String, _ body: String = "", key: String = UUID().uuidString) async throws -> (id: String, answer: [String: Any]) {
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(key)"]
        var (reply, tries) = (ServiceHTTP.Answer?.none, 0)
        while reply == nil || reply?.status == 503, tries < 60 {
            if tries > 0 { try await Task.sleep(for: .seconds(1)) }
            tries += 1
            reply = try await ServiceHTTP.post(port: port, "/api/v1" + path, headers: headers, body: body, within: .seconds(30))
        }
        let last = try #require(reply)
        let json = try #require(try JSONSerialization.jsonObject(with: last.body) as? [String: Any])
        guard last.status == 202 else { return (json.operationID ?? "", json) }
        let id = try #require(json.operationID)
        var answer = json
        try await eventually("operation \(id) is answered") {
            answer = try await get("/operations/\(id)")
            return (answer["operation"] as? [String: Any])?["state"] as? String != "pending"
        }
        return (id, answer)
    }

    /// Posts a request once. Returns the status, the operation's id and the answer.
    func postOnce(
        _ path: String, _ body: String = "", key: String = UUID().uuidString
    ) async throws -> (status: Int, id: String, answer: [String: Any]) {
        let reply = try await ServiceHTTP.post(
            port: port, "/api/v1" + path, headers: ["Authorization: Bearer \(token)", "Idempotency-Key: \(key)"], body: body,
            within: .seconds(30))
        let json = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
        return (reply.status, json.operationID ?? "", json)
    }

    /// Sends a GET request.
    func get(_ path: String) async throws -> [String: Any] {
        let headers = ["Authorization: Bearer \(token)"]
        let reply = try await ServiceHTTP.get(port: port, "/api/v1" + path, headers: headers, within: .seconds(30))
        return try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
    }

    /// Waits until an order is in a state.
    func wait(for order: String, toBe state: String, within deadline: Duration = .seconds(120)) async throws {
        // A killed portal is restarted after a moment.
        try await eventually("order \(order) is \(state)", within: deadline) {
            (try? await get("/orders/\(order)"))?["state"] as? String == state
        }
    }
}

extension [String: Any] {
    fileprivate var operationID: String? { (self["operation"] as? [String: Any])?["id"] as? String ?? self["operation"] as? String }

    /// Whether it is the answer to an operation in the state `done`.
    var isDone: Bool { (self["operation"] as? [String: Any])?["state"] as? String == "done" }
}
