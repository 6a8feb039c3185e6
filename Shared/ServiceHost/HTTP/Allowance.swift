import Synchronization

/// How much one caller may ask for in a time: a bucket of `quota` that fills up again within `window`.
public struct Allowance: Sendable, Hashable {
    /// Its name in the headers of an answer.
    public let name: String
    /// The most that may be taken at once.
    public let quota: Int
    /// How long an empty bucket takes to be full.
    public let window: Duration

    /// - Parameters:
    ///   - name: its name in the headers of an answer.
    ///   - quota: the most that may be taken at once.
    ///   - window: how long an empty bucket takes to be full.
    public init(_ name: String, quota: Int, window: Duration) {
        self.name = name
        self.quota = max(1, quota)
        self.window = window
    }

    /// How long the bucket takes to get back so much.
    func time(for amount: Int) -> Duration { window * amount / quota }
}

/// Why something was not allowed: what was left of the allowance, and when it will be enough.
public struct AllowanceExceeded: Error, Sendable, Hashable {
    /// The allowance.
    public let allowance: Allowance
    /// What is left of it.
    public let left: Int
    /// After how long it is enough.
    public let after: Duration

    /// That time in whole seconds, rounded up.
    public var seconds: Int { Int(max(1, after.components.seconds + (after.components.attoseconds > 0 ? 1 : 0))) }
}

/// The buckets of one allowance, by caller. There are at most so many: beyond it those that are full again are forgotten, which changes
/// nothing, and then those that were used longest ago.
///
/// A process has buckets of its own. Several instances of a service allow their sum.
public final class AllowanceBuckets: Sendable {
    private struct State {
        /// Until when what each caller has taken is paid off.
        var paidOff: [String: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())
    private let allowance: Allowance
    private let most: Int

    /// - Parameters:
    ///   - allowance: what each caller may take.
    ///   - most: how many callers are remembered.
    public init(_ allowance: Allowance, most: Int = 50_000) {
        self.allowance = allowance
        self.most = max(2, most)
    }

    /// How many callers are remembered.
    var count: Int { state.withLock { $0.paidOff.count } }

    /// Takes from a caller's bucket. Throws `AllowanceExceeded`, and takes nothing, where there is too little in it.
    public func take(_ amount: Int = 1, of caller: String, at now: ContinuousClock.Instant = .now) throws(AllowanceExceeded) {
        let refused = state.withLock { state -> AllowanceExceeded? in
            let begin = max(state.paidOff[caller] ?? now, now)
            let end = begin + allowance.time(for: amount)
            guard end - now <= allowance.window else {
                let spare = allowance.window - (begin - now)
                return AllowanceExceeded(
                    allowance: allowance, left: spare <= .zero ? 0 : Int(Double(allowance.quota) * (spare / allowance.window)),
                    after: end - now - allowance.window)
            }
            if state.paidOff[caller] == nil, state.paidOff.count >= most { Self.forget(&state, now, most) }
            state.paidOff[caller] = end
            return nil
        }
        if let refused { throw refused }
    }

    /// Gives back what was taken for something that did not come about.
    public func giveBack(_ amount: Int = 1, of caller: String) {
        state.withLock { state in
            guard let end = state.paidOff[caller] else { return }
            state.paidOff[caller] = end - allowance.time(for: amount)
        }
    }

    private static func forget(_ state: inout State, _ now: ContinuousClock.Instant, _ most: Int) {
        state.paidOff = state.paidOff.filter { $0.value > now }
        guard state.paidOff.count >= most else { return }
        // Half of them at a time, so that the sorting is rare.
        let kept = state.paidOff.sorted { $0.value > $1.value }.prefix(most / 2)
        state.paidOff = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
