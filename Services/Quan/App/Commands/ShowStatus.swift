import ArgumentParser
import Foundation
import Kafka
import Messaging
import Operations

/// `quan status`
struct ShowStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows the status of the services.",
        discussion: """
            One line for each service: readiness, process, memory, messages to publish, lag and
            parked messages; then the problems. Exit code 1 if a service is not ready or has
            parked messages.

            EXAMPLES
              quan status
              quan status --state /srv/quan
              quan status --kafka kafka-1:9092 --services-url 'http://*:8080'
            """)

    @OptionGroup var place: InstallationOption

    func run() async throws {
        let installation = try Installation(place)
        let statuses = await withTaskGroup(of: ServiceStatus.self) { group in
            for service in installation.services { group.addTask { await ServiceStatus.of(service) } }
            return await group.reduce(into: [:]) { $0[$1.service.name] = $1 }
        }
        let ordered = installation.services.compactMap { statuses[$0.name] }
        print("portal \(installation.portal)   kafka \(installation.kafka.bootstrapServers)")
        print(Self.line("service", "state", "pid", "memory", "outbox", "lag", "parked"))
        for status in ordered { print(Self.line(status, among: ordered.compactMap(\.quiescence))) }
        let problems = ordered.flatMap(Self.problems)
        problems.forEach { print($0) }
        if !problems.isEmpty { throw ExitCode.failure }
    }

    private static func line(_ status: ServiceStatus, among all: [Quiescence]) -> String {
        let state = status.checks.map { $0.allSatisfy(\.ok) ? "ready" : "not ready" } ?? "silent"
        let memory = status.memoryBytes.map { "\($0 >> 20) MB" } ?? "-"
        let own = status.quiescence
        return line(
            status.service.name, state, status.service.pid > 0 ? String(status.service.pid) : "-", memory,
            own.map { String($0.pending) } ?? "-",
            own.map { String($0.lag(behind: all)) } ?? "-", own.map { String($0.parked) } ?? "-")
    }

    private static func line(_ cells: String...) -> String {
        zip(cells, [12, 10, 8, 9, 8, 8, 8]).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " ")
    }

    private static func problems(_ status: ServiceStatus) -> [String] {
        guard let checks = status.checks else { return ["\(status.service.name) does not answer at \(status.service.address)"] }
        let failing = checks.filter { !$0.ok }.map { "\(status.service.name): \($0.name): \($0.reason ?? "failed")" }
        let parked = status.quiescence?.parked ?? 0
        let hint = "\(status.service.name): \(parked) messages are parked; see `quan parked list \(status.service.name)`"
        return failing + (parked > 0 ? [hint] : [])
    }
}
