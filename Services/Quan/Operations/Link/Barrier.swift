package import Foundation
import Messages
import Messaging
import StrictJSON

/// Advances the clock of a rehearsal, and only at quiescence: every service has published its messages and handled all it receives.
package struct Barrier: Sendable {
    /// The pause after a poll that found unfinished work.
    private static let pause = Duration.milliseconds(30)

    private let installation: Installation
    private let deadline: ContinuousClock.Instant

    /// - Parameter deadline: the instant at which waiting for quiescence times out.
    package init(_ installation: Installation, deadline: ContinuousClock.Instant) {
        self.installation = installation
        self.deadline = deadline
    }

    /// Advances the clock to `target`, stopping at every due timer, and returns at quiescence. Throws a `CommandError` after the deadline.
    package func advance(to target: Date, link: OperatorLink, report: (String) -> Void) async throws {
        var reported: Date?
        while true {
            try await waitForQuiescence()
            let outcome = try await link.ask(AdvanceClock(to: target), key: "clock", within: .seconds(30)).orThrow()
            let answer = try outcome.answer(AdvanceClock.Answer.self)
            if answer.instant != reported {
                report("the clock is at \(WireTime.text(answer.instant))\(answer.timersDue > 0 ? "; timers are due" : "")")
                reported = answer.instant
            }
            if answer.isThere, answer.timersDue == 0 { return try await waitForQuiescence() }
        }
    }

    /// Waits until two polls in a row find the same quiescent state. One poll is not enough, because the services are not polled in one
    /// instant.
    func waitForQuiescence() async throws {
        var before: [Quiescence]?
        while true {
            let states = try await poll()
            let blockers = Quiescence.blockers(of: states)
            if blockers.isEmpty, states == before { return }
            guard ContinuousClock.now < deadline else {
                throw CommandError(
                    "timed out waiting for quiescence: \((blockers.isEmpty ? ["messages still arrive"] : blockers).joined(separator: "; "))"
                )
            }
            before = blockers.isEmpty ? states : nil
            if before == nil { try await Task.sleep(for: Self.pause) }
        }
    }

    private func poll() async throws -> [Quiescence] {
        while true {
            do {
                return try await withThrowingTaskGroup(of: Quiescence.self) { group in
                    for service in installation.services { group.addTask { try await ServiceStatus.quiescence(of: service) } }
                    return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.service < $1.service }
                }
            } catch {
                // A service that is being restarted answers later.
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
