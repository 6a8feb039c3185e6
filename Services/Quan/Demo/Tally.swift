import Foundation
import Kernel

/// Counts the participants' requests and answers during a season: the first of the three sources that `Comparison` compares.
struct Tally: Sendable {
    /// The number of refusals with one slug, and their clauses.
    struct Refused: Sendable, Codable, Hashable {
        var count = 0
        var clauses: [String] = []
    }

    /// Answered actions, by kind.
    private(set) var sent: [SeasonAction.Kind: Int] = [:]
    /// Successful actions, by kind.
    private(set) var done: [SeasonAction.Kind: Int] = [:]
    /// Refusals by slug.
    private(set) var refusals: [String: Refused] = [:]
    /// Requests without an answer in time.
    var unanswered = 0
    /// The maximum number of concurrent requests.
    var maximumInFlight = 0
    /// How often the clock was advanced, and the total time that took, including the waits for quiescence.
    private(set) var clockMoves = 0
    private(set) var clockTook = Duration.zero
    /// The answer times of each kind of action, in milliseconds.
    private(set) var milliseconds: [SeasonAction.Kind: [Int]] = [:]

    mutating func count(_ kind: SeasonAction.Kind, took duration: Duration, refusal: Refusal?) {
        sent[kind, default: 0] += 1
        milliseconds[kind, default: []].append(Int(duration / .milliseconds(1)))
        if let refusal {
            count(refusal)
        } else {
            done[kind, default: 0] += 1
        }
    }

    /// Counts a refusal of a request that is not an action on an order.
    mutating func count(_ refusal: Refusal) {
        refusals[refusal.slug, default: Refused()].count += 1
        let clauses = Set(refusals[refusal.slug]?.clauses ?? []).union(refusal.clauses)
        refusals[refusal.slug]?.clauses = clauses.sorted()
    }

    /// Counts an advance of the clock.
    mutating func countClock(took duration: Duration) {
        clockMoves += 1
        clockTook += duration
    }

    /// The number of answered actions, refused or not.
    var answered: Int { sent.values.reduce(0, +) }

    /// The number of successful actions of a kind.
    func done(_ kind: SeasonAction.Kind) -> Int { done[kind] ?? 0 }
}
