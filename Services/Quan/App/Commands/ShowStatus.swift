import ArgumentParser
import Foundation
import Kafka
import Messaging

/// `quan status`
struct ShowStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the services are.",
        discussion: """
            A line a service: whether it is ready, its process, its memory, what waits to be
            published, what it has not yet read, and what it has set aside; then what is wrong.
            Exit code 1 when a service is not ready or has set something aside.

            EXAMPLES
              quan status
              quan status --state /srv/quan
              quan status --kafka kafka-1:9092 --services-url 'http://*:8080'
            """)

    @OptionGroup var place: InstallationOption

    func run() async throws {
        let installation = try Installation(place)
        let looks = await withTaskGroup(of: ServiceLook.self) { group in
            for service in installation.services { group.addTask { await ServiceLook.of(service) } }
            return await group.reduce(into: [:]) { $0[$1.service.name] = $1 }
        }
        let ordered = installation.services.compactMap { looks[$0.name] }
        print("portal \(installation.portal)   kafka \(installation.kafka.bootstrapServers)")
        print(Self.line("service", "state", "pid", "memory", "outbox", "lag", "parked"))
        for look in ordered { print(Self.line(look, among: ordered.compactMap(\.quiescence))) }
        let problems = ordered.flatMap(Self.problems)
        problems.forEach { print($0) }
        if !problems.isEmpty { throw ExitCode.failure }
    }

    private static func line(_ look: ServiceLook, among all: [Quiescence]) -> String {
        let state = look.checks.map { $0.allSatisfy(\.ok) ? "ready" : "not ready" } ?? "silent"
        let memory = look.memoryBytes.map { "\($0 >> 20) MB" } ?? "-"
        let own = look.quiescence
        return line(
            look.service.name, state, look.service.pid > 0 ? String(look.service.pid) : "-", memory, own.map { String($0.pending) } ?? "-",
            own.map { String($0.lag(behind: all)) } ?? "-", own.map { String($0.parked) } ?? "-")
    }

    private static func line(_ cells: String...) -> String {
        zip(cells, [12, 10, 8, 9, 8, 8, 8]).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " ")
    }

    private static func problems(_ look: ServiceLook) -> [String] {
        guard let checks = look.checks else { return ["\(look.service.name) does not answer at \(look.service.address)"] }
        let red = checks.filter { !$0.ok }.map { "\(look.service.name): \($0.name): \($0.reason ?? "not well")" }
        let parked = look.quiescence?.parked ?? 0
        let hint = "\(look.service.name): \(parked) messages are set aside; see `quan parked list \(look.service.name)`"
        return red + (parked > 0 ? [hint] : [])
    }
}
