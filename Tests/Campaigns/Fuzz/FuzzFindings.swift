import Foundation
import Synchronization

/// The findings and counts of all concurrent senders.
final class FuzzFindings: Sendable {
    /// The kinds of findings, each with the requirement that it violates.
    enum Kind: String, CaseIterable, Sendable {
        case answered5xx = "no request was answered with 5xx"
        case dropped = "every request was answered"
        case restarted = "no service was restarted"
        case parked = "no decodable message was parked"
        case probe = "every valid order of the probe was handled within 10 s"
        case broken = "the campaign itself did not fail"
    }

    private struct State {
        var counts: [Kind: Int] = [:]
        var firsts: [Kind: String] = [:]
        var statuses: [Int: Int] = [:]
        var requests = 0
        var messages = 0
        var probeRounds = 0
        var slowestRound = Duration.zero
    }

    private static let maximumFindingsPerKind = 2000
    private let state = Mutex(State())
    private let file: String

    init(logs: String) {
        file = logs + "/findings.log"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
    }

    func record(_ kind: Kind, _ details: String) {
        let count = state.withLock { state in
            state.counts[kind, default: 0] += 1
            if state.firsts[kind] == nil { state.firsts[kind] = String(details.prefix(400)) }
            return state.counts[kind] ?? 0
        }
        guard count <= Self.maximumFindingsPerKind, let handle = FileHandle(forWritingAtPath: file) else { return }
        handle.seekToEndOfFile()
        handle.write(Data("\(Date().ISO8601Format()) \(kind): \(details)\n\n".utf8))
        try? handle.close()
    }

    func countAnswer(_ status: Int) {
        state.withLock { state in
            state.requests += 1
            state.statuses[status, default: 0] += 1
        }
    }

    func countMessages(_ count: Int) { state.withLock { $0.messages += count } }

    func countProbe(_ took: Duration) {
        state.withLock { state in
            state.probeRounds += 1
            state.slowestRound = max(state.slowestRound, took)
        }
    }

    /// The number of findings of a kind, and the first of them.
    func found(_ kind: Kind) -> (count: Int, first: String) { state.withLock { ($0.counts[kind] ?? 0, $0.firsts[kind] ?? "") } }

    var probeRounds: Int { state.withLock { $0.probeRounds } }

    /// A summary of the run so far.
    var summary: String {
        state.withLock { state in
            let statuses = state.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            let slowest = Double(state.slowestRound.components.seconds) + Double(state.slowestRound.components.attoseconds) / 1e18
            return "\(state.requests) requests (\(statuses)), \(state.messages) messages over Kafka, \(state.probeRounds) probe orders, "
                + "the slowest took \((slowest * 10).rounded() / 10) s; findings: \(state.counts.values.reduce(0, +))"
        }
    }
}
