import NIOCore
import Synchronization

/// The connections that are open, within a bound in all and a bound for each client.
///
/// Whoever opens connections and sends no complete request must not keep others out. So a new connection is always let in while there is one
/// to close for it: of the client that holds most, the one that has waited longest for the rest of a request. A connection whose request
/// is being answered is never closed for another.
final class ConnectionTable: Sendable {
    /// What a connection does.
    enum Phase: Int, Sendable {
        /// No complete head of a request has come: the connection is new, at rest, or a head is on its way.
        case waiting
        /// A request's body is on its way.
        case receiving
        /// A request is complete and being answered.
        case answering
    }

    fileprivate struct Entry: Sendable {
        let channel: any Channel
        let client: String
        var phase = Phase.waiting
        var since: UInt64
    }

    fileprivate struct State: Sendable {
        var entries: [UInt64: Entry] = [:]
        var counts: [String: Int] = [:]
        var steps: UInt64 = 0
    }

    private let state = Mutex(State())
    private let most: Int
    private let mostOfClient: Int

    /// - Parameters:
    ///   - most: at most so many connections in all.
    ///   - mostOfClient: at most so many of one client.
    init(most: Int, mostOfClient: Int) { (self.most, self.mostOfClient) = (most, mostOfClient) }

    /// How many are open.
    var count: Int { state.withLock { $0.entries.count } }

    /// Notes a connection and closes another for it where that is necessary. Returns its number; nil where there is no room.
    ///
    /// - Parameters:
    ///   - channel: the connection.
    ///   - client: whose it is.
    ///   - isProxy: whether it is a proxy's, for which the bound of one client does not hold.
    func open(_ channel: any Channel, client: String, isProxy: Bool) -> UInt64? {
        let (number, victim) = state.withLock { state -> (UInt64?, (any Channel)?) in
            var victim: UInt64?
            if !isProxy, state.counts[client] ?? 0 >= mostOfClient {
                victim = state.victim { $0.client == client }
                guard victim != nil else { return (nil, nil) }
            } else if state.entries.count >= most {
                victim = state.victim { _ in true }
                guard victim != nil else { return (nil, nil) }
            }
            let closed = victim.flatMap { state.remove($0) }
            state.steps += 1
            state.entries[state.steps] = Entry(channel: channel, client: client, since: state.steps)
            state.counts[client, default: 0] += 1
            return (state.steps, closed?.channel)
        }
        victim?.close(promise: nil)
        return number
    }

    /// Notes what a connection does from now on.
    func enter(_ number: UInt64, _ phase: Phase) {
        state.withLock { state in
            guard state.entries[number] != nil else { return }
            state.steps += 1
            state.entries[number]?.phase = phase
            state.entries[number]?.since = state.steps
        }
    }

    /// Notes that a connection is closed.
    func closed(_ number: UInt64) { state.withLock { _ = $0.remove(number) } }
}

extension ConnectionTable.State {
    /// The connection to close for another: of the client that holds most, one without a complete head before one whose body is on its way,
    /// and of these the one that has waited longest.
    fileprivate func victim(among isAmong: (ConnectionTable.Entry) -> Bool) -> UInt64? {
        var best: (number: UInt64, held: Int, phase: Int, since: UInt64)?
        for (number, entry) in entries where entry.phase != .answering && isAmong(entry) {
            let one = (number: number, held: counts[entry.client] ?? 0, phase: entry.phase.rawValue, since: entry.since)
            guard let last = best else {
                best = one
                continue
            }
            if (-one.held, one.phase, one.since) < (-last.held, last.phase, last.since) { best = one }
        }
        return best?.number
    }

    fileprivate mutating func remove(_ number: UInt64) -> ConnectionTable.Entry? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        let left = (counts[entry.client] ?? 1) - 1
        counts[entry.client] = left > 0 ? left : nil
        return entry
    }
}
