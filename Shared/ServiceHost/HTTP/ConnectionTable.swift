import NIOCore
import Synchronization

/// The open connections, with a bound for all and a bound for each client.
///
/// A client that opens many connections and sends no complete requests must not block others. So at a bound a new connection replaces
/// another: of the client with the most connections, the one that has waited longest for a complete request. A connection whose request
/// is being answered is never closed for another.
final class ConnectionTable: Sendable {
    /// The phase of a connection.
    enum Phase: Int, Sendable {
        /// No complete request head was received: the connection is new or idle, or a head is being received.
        case waiting
        /// A request's body is being received.
        case receiving
        /// A complete request is being answered.
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
    private let maximum: Int
    private let maximumPerClient: Int

    /// - Parameters:
    ///   - maximum: the maximum number of all connections.
    ///   - maximumPerClient: the maximum number of connections of one client.
    init(maximum: Int, maximumPerClient: Int) { (self.maximum, self.maximumPerClient) = (maximum, maximumPerClient) }

    /// The number of open connections.
    var count: Int { state.withLock { $0.entries.count } }

    /// Adds a connection, and closes another for it if necessary. Returns the connection's number; nil when it must be refused.
    ///
    /// - Parameters:
    ///   - channel: the connection.
    ///   - client: the client's name in limits.
    ///   - isProxy: whether the client is a configured proxy, which has no bound for one client.
    func open(_ channel: any Channel, client: String, isProxy: Bool) -> UInt64? {
        let (number, victim) = state.withLock { state -> (UInt64?, (any Channel)?) in
            var victim: UInt64?
            if !isProxy, state.counts[client] ?? 0 >= maximumPerClient {
                victim = state.victim { $0.client == client }
                guard victim != nil else { return (nil, nil) }
            } else if state.entries.count >= maximum {
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

    /// Records a connection's new phase.
    func setPhase(_ phase: Phase, of number: UInt64) {
        state.withLock { state in
            guard state.entries[number] != nil else { return }
            state.steps += 1
            state.entries[number]?.phase = phase
            state.entries[number]?.since = state.steps
        }
    }

    /// Removes a closed connection.
    func closed(_ number: UInt64) { state.withLock { _ = $0.remove(number) } }
}

extension ConnectionTable.State {
    /// The connection to close for a new one: of the client with the most connections, one without a complete head before one whose body is
    /// being received, and of these the one that has waited longest.
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
