import Foundation
import Messages
import Messaging

/// The moment at which the clock of a rehearsal may move: nobody has anything to publish, and everybody has taken everything.
struct Barrier: Sendable {
    /// Between two looks, where the first has found something under way.
    private static let pause = Duration.milliseconds(30)

    private let installation: Installation
    private let deadline: ContinuousClock.Instant

    /// - Parameter deadline: when to give up.
    init(_ installation: Installation, deadline: ContinuousClock.Instant) {
        self.installation = installation
        self.deadline = deadline
    }

    /// Moves the clock to `target`, stopping wherever a timer is due, and returns when all has settled there.
    func advance(to target: Date, link: OperatorLink, told: (String) -> Void) async throws {
        var stood: Date?
        while true {
            try await settle()
            let outcome = try await link.ask(AdvanceClock(to: target), key: "clock", within: .seconds(30)).orComplain()
            let answer = try outcome.answer(AdvanceClock.Answer.self)
            if answer.instant != stood {
                told("the clock stands at \(WireTime.text(answer.instant))\(answer.timersDue > 0 ? ", where timers are due" : "")")
                stood = answer.instant
            }
            if answer.isThere, answer.timersDue == 0 { return try await settle() }
        }
    }

    /// Waits until two looks in a row find the same quiet. One look is not enough: the services are not looked at in one instant.
    func settle() async throws {
        var before: [Quiescence]?
        while true {
            let looks = try await look()
            let unrest = Quiescence.unrest(of: looks)
            if unrest.isEmpty, looks == before { return }
            guard ContinuousClock.now < deadline else {
                throw Complaint(
                    "it does not become quiet: \((unrest.isEmpty ? ["something keeps coming"] : unrest).joined(separator: "; "))")
            }
            before = unrest.isEmpty ? looks : nil
            if before == nil { try await Task.sleep(for: Self.pause) }
        }
    }

    private func look() async throws -> [Quiescence] {
        while true {
            do {
                return try await withThrowingTaskGroup(of: Quiescence.self) { group in
                    for service in installation.services { group.addTask { try await ServiceLook.quiescence(of: service) } }
                    return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.service < $1.service }
                }
            } catch {
                // One that is just being started again answers later.
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
