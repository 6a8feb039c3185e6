import Synchronization

/// A rate limit for each caller: a token bucket with `quota` tokens that refills within `window`.
public struct RateLimit: Sendable, Hashable {
    /// Its name in response headers.
    public let name: String
    /// The number of tokens in a full bucket, and so the largest burst.
    public let quota: Int
    /// The time in which an empty bucket refills.
    public let window: Duration

    /// - Parameters:
    ///   - name: its name in response headers.
    ///   - quota: the number of tokens in a full bucket.
    ///   - window: the time in which an empty bucket refills.
    public init(_ name: String, quota: Int, window: Duration) {
        self.name = name
        self.quota = max(1, quota)
        self.window = window
    }

    /// The time in which the bucket gains this number of tokens.
    func time(for amount: Int) -> Duration { window * amount / quota }
}

/// A request exceeds a rate limit.
public struct RateLimitExceeded: Error, Sendable, Hashable {
    /// The limit.
    public let limit: RateLimit
    /// The number of tokens that are left.
    public let left: Int
    /// The time after which there will be enough tokens.
    public let after: Duration

    /// That time in whole seconds, rounded up; at least 1.
    public var seconds: Int { Int(max(1, after.components.seconds + (after.components.attoseconds > 0 ? 1 : 0))) }
}

/// The token buckets of one rate limit, one for each caller. Their number is bounded: beyond the bound full buckets are removed, which has
/// no effect on limits, and then those that are closest to full.
///
/// Each instance of a service has its own buckets, so that the limits of several instances add up.
public final class TokenBuckets: Sendable {
    private struct State {
        /// The time when each caller's bucket will be full again.
        var fullAt: [String: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())
    private let limit: RateLimit
    private let maximumCallers: Int

    /// - Parameters:
    ///   - limit: the limit of each caller.
    ///   - maximumCallers: the maximum number of buckets.
    public init(_ limit: RateLimit, maximumCallers: Int = 50_000) {
        self.limit = limit
        self.maximumCallers = max(2, maximumCallers)
    }

    /// The number of buckets.
    var count: Int { state.withLock { $0.fullAt.count } }

    /// Takes tokens from a caller's bucket. Throws `RateLimitExceeded`, and takes nothing, when there are too few.
    public func take(_ amount: Int = 1, of caller: String, at now: ContinuousClock.Instant = .now) throws(RateLimitExceeded) {
        let refused = state.withLock { state -> RateLimitExceeded? in
            let begin = max(state.fullAt[caller] ?? now, now)
            let end = begin + limit.time(for: amount)
            guard end - now <= limit.window else {
                let spare = limit.window - (begin - now)
                return RateLimitExceeded(
                    limit: limit, left: spare <= .zero ? 0 : Int(Double(limit.quota) * (spare / limit.window)),
                    after: end - now - limit.window)
            }
            if state.fullAt[caller] == nil, state.fullAt.count >= maximumCallers { Self.removeBuckets(&state, now, maximumCallers) }
            state.fullAt[caller] = end
            return nil
        }
        if let refused { throw refused }
    }

    /// Returns tokens that were taken for a request that was not carried out.
    public func giveBack(_ amount: Int = 1, of caller: String) {
        state.withLock { state in
            guard let end = state.fullAt[caller] else { return }
            state.fullAt[caller] = end - limit.time(for: amount)
        }
    }

    private static func removeBuckets(_ state: inout State, _ now: ContinuousClock.Instant, _ maximumCallers: Int) {
        state.fullAt = state.fullAt.filter { $0.value > now }
        guard state.fullAt.count >= maximumCallers else { return }
        // Half of the buckets at a time, so that sorting is rare.
        let kept = state.fullAt.sorted { $0.value > $1.value }.prefix(maximumCallers / 2)
        state.fullAt = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
