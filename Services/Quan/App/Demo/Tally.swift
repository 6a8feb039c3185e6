import Foundation
import Kernel

/// What the players did and what they were told, counted as the play goes on: the first of the three sources that are held against
/// each other in the end.
struct Tally: Sendable {
    /// How often something was refused, and under which clauses.
    struct Refused: Sendable, Codable, Hashable {
        var count = 0
        var clauses: [String] = []
    }

    /// Acts sent, by kind.
    private(set) var sent: [Act.Kind: Int] = [:]
    /// Acts that were done, by kind.
    private(set) var done: [Act.Kind: Int] = [:]
    /// Refusals by slug.
    private(set) var refusals: [String: Refused] = [:]
    /// Requests that were promised and never answered.
    var unanswered = 0
    /// The greatest number of requests under way at one time.
    var mostInFlight = 0
    /// How often the clock was moved on, and how long that took in all: until nobody had anything left to publish or to take.
    private(set) var clockMoves = 0
    private(set) var clockTook = Duration.zero
    /// How long each kind of act took, in milliseconds.
    private(set) var milliseconds: [Act.Kind: [Int]] = [:]

    mutating func count(_ kind: Act.Kind, took duration: Duration, refusal: Refusal?) {
        sent[kind, default: 0] += 1
        milliseconds[kind, default: []].append(Int(duration / .milliseconds(1)))
        if let refusal {
            count(refusal)
        } else {
            done[kind, default: 0] += 1
        }
    }

    /// A refusal of something that is no act of an order.
    mutating func count(_ refusal: Refusal) {
        refusals[refusal.slug, default: Refused()].count += 1
        let clauses = Set(refusals[refusal.slug]?.clauses ?? []).union(refusal.clauses)
        refusals[refusal.slug]?.clauses = clauses.sorted()
    }

    /// The clock was moved on.
    mutating func countClock(took duration: Duration) {
        clockMoves += 1
        clockTook += duration
    }

    /// Acts that were answered, by whatever.
    var answered: Int { sent.values.reduce(0, +) }

    /// So many of that kind were done.
    func done(_ kind: Act.Kind) -> Int { done[kind] ?? 0 }
}
