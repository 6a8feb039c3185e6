import Foundation
import Synchronization

/// What was seen so far, by all who send at once.
final class FuzzFindings: Sendable {
    /// What makes a run fail, kind by kind.
    enum Kind: String, CaseIterable, Sendable {
        case answered5xx = "nothing was answered with 5xx"
        case dropped = "every request got its answer"
        case restarted = "no service was started again"
        case parked = "nothing that can be decoded was set aside"
        case canary = "an enterprise that does nothing wrong was served within 10 s"
        case broken = "the campaign itself did not break"
    }

    private struct State {
        var counts: [Kind: Int] = [:]
        var firsts: [Kind: String] = [:]
        var statuses: [Int: Int] = [:]
        var requests = 0
        var messages = 0
        var canaryRounds = 0
        var slowestRound = Duration.zero
    }

    private static let linesAtMost = 2000
    private let state = Mutex(State())
    private let file: String

    init(logs: String) {
        file = logs + "/findings.log"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
    }

    func note(_ kind: Kind, _ what: String) {
        let count = state.withLock { state in
            state.counts[kind, default: 0] += 1
            if state.firsts[kind] == nil { state.firsts[kind] = String(what.prefix(400)) }
            return state.counts[kind] ?? 0
        }
        guard count <= Self.linesAtMost, let handle = FileHandle(forWritingAtPath: file) else { return }
        handle.seekToEndOfFile()
        handle.write(Data("\(Date().ISO8601Format()) \(kind): \(what)\n\n".utf8))
        try? handle.close()
    }

    func noteAnswer(_ status: Int) {
        state.withLock { state in
            state.requests += 1
            state.statuses[status, default: 0] += 1
        }
    }

    func noteMessages(_ count: Int) { state.withLock { $0.messages += count } }

    func noteCanary(_ took: Duration) {
        state.withLock { state in
            state.canaryRounds += 1
            state.slowestRound = max(state.slowestRound, took)
        }
    }

    /// How often something was found, and what it was the first time.
    func found(_ kind: Kind) -> (count: Int, first: String) { state.withLock { ($0.counts[kind] ?? 0, $0.firsts[kind] ?? "") } }

    var canaryRounds: Int { state.withLock { $0.canaryRounds } }

    /// How far it has come.
    var summary: String {
        state.withLock { state in
            let statuses = state.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            let slowest = Double(state.slowestRound.components.seconds) + Double(state.slowestRound.components.attoseconds) / 1e18
            return "\(state.requests) requests (\(statuses)), \(state.messages) messages over Kafka, \(state.canaryRounds) honest orders, "
                + "the slowest in \((slowest * 10).rounded() / 10) s; findings: \(state.counts.values.reduce(0, +))"
        }
    }
}
