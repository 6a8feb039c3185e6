public import Foundation
import Synchronization

/// Ids that sort by creation time (RFC 9562, version 7).
public enum UUIDv7 {
    /// One id for an instant: 48 bits of Unix milliseconds, then 74 random bits.
    ///
    /// Ids of the same millisecond are not ordered; use `UUIDv7Generator` for ordered ids.
    public static func make(at instant: Date, using random: inout some RandomNumberGenerator) -> UUID {
        var generator = UUIDv7Generator()
        return generator.next(at: instant, using: &random)
    }

    /// The creation time of a version 7 id in milliseconds; nil for another version.
    public static func instant(of id: UUID) -> Date? {
        let octets = id.octets
        guard octets[6] >> 4 == 7 else { return nil }
        let milliseconds = octets.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// Makes version 7 ids, each greater than the one before.
///
/// Within a millisecond, and while the clock is behind an earlier id, the 74 bits after the time are incremented by a random step (RFC 9562
/// section 6.2, method 2); when they overflow, the time is incremented by one millisecond. The caller supplies time and randomness.
public struct UUIDv7Generator: Sendable {
    private var milliseconds: UInt64 = 0
    private var tail: UInt128 = 0
    private var isFresh = true

    private static let tailLimit = UInt128(1) << 74
    private static let millisecondsLimit = UInt64(1) << 48

    /// A new generator.
    public init() {}

    /// The next id at `instant`. An instant outside 48 bits of milliseconds (before 1970, after the year 10889) counts as the nearest one
    /// inside.
    public mutating func next(at instant: Date, using random: inout some RandomNumberGenerator) -> UUID {
        let now = Self.unixMilliseconds(instant)
        if isFresh || now > milliseconds {
            start(at: now, using: &random)
        } else {
            tail += UInt128(random.next() >> 32) + 1
            if tail >= Self.tailLimit { start(at: min(milliseconds + 1, Self.millisecondsLimit - 1), using: &random) }
        }
        return id()
    }

    private mutating func start(at now: UInt64, using random: inout some RandomNumberGenerator) {
        isFresh = false
        milliseconds = now
        let high = UInt128(random.next() & 0xFFF)
        tail = high << 62 | UInt128(random.next() & (UInt64.max >> 2))
    }

    private func id() -> UUID {
        let high = milliseconds << 16 | UInt64(truncatingIfNeeded: tail >> 62)
        let low = UInt64(truncatingIfNeeded: tail) & (UInt64.max >> 2)
        let octets = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
        return UUID(octets: octets, version: 7)
    }

    private static func unixMilliseconds(_ instant: Date) -> UInt64 {
        let milliseconds = (instant.timeIntervalSince1970 * 1000).rounded(.down)
        guard milliseconds > 0 else { return 0 }  // also for NaN
        return milliseconds < Double(millisecondsLimit) ? UInt64(milliseconds) : millisecondsLimit - 1
    }
}

/// A process's source of version 7 ids, safe to share between tasks.
///
/// It uses the system's randomness. Decisions get their ids passed in, so that they are deterministic.
public final class UUIDv7Source: Sendable {
    private let generator = Mutex(UUIDv7Generator())

    /// A source of increasing ids.
    public init() {}

    /// The next id at `instant`, greater than every id this source gave before.
    public func next(at instant: Date) -> UUID {
        var random = SystemRandomNumberGenerator()
        return generator.withLock { $0.next(at: instant, using: &random) }
    }
}
