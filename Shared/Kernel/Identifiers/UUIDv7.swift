public import Foundation
import Synchronization

/// Ids that sort by the time they were made (RFC 9562, version 7).
public enum UUIDv7 {
    /// One id for an instant: 48 bits of Unix milliseconds, then 74 random bits.
    ///
    /// Two ids of the same millisecond come in no order; `UUIDv7Generator` keeps it.
    public static func make(at instant: Date, using random: inout some RandomNumberGenerator) -> UUID {
        var generator = UUIDv7Generator()
        return generator.next(at: instant, using: &random)
    }

    /// The millisecond a version 7 id was made in, or nil where the id is of another version.
    public static func instant(of id: UUID) -> Date? {
        let octets = id.octets
        guard octets[6] >> 4 == 7 else { return nil }
        let milliseconds = octets.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// Makes version 7 ids, each greater than the one before.
///
/// Within a millisecond, and while the clock stands behind an earlier id, the 74 bits after the time count up by a random step (RFC 9562
/// section 6.2, method 2); when they run out the time moves on by one millisecond. Time and randomness are handed in by the caller.
public struct UUIDv7Generator: Sendable {
    private var milliseconds: UInt64 = 0
    private var tail: UInt128 = 0
    private var isFresh = true

    private static let tailLimit = UInt128(1) << 74
    private static let millisecondsLimit = UInt64(1) << 48

    /// A generator that has made nothing yet.
    public init() {}

    /// The next id at `instant`. An instant that 48 bits of milliseconds cannot say (before 1970, after the year 10889) counts as the nearest
    /// one they can.
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
        guard milliseconds > 0 else { return 0 }  // also what is not a number
        return milliseconds < Double(millisecondsLimit) ? UInt64(milliseconds) : millisecondsLimit - 1
    }
}

/// A process's own source of version 7 ids, safe to share between tasks.
///
/// This is the edge where the system's randomness comes in; what decides anything is handed its ids.
public final class UUIDv7Source: Sendable {
    private let generator = Mutex(UUIDv7Generator())

    /// A source whose ids grow from its first one on.
    public init() {}

    /// The next id at `instant`, greater than every id this source gave before.
    public func next(at instant: Date) -> UUID {
        var random = SystemRandomNumberGenerator()
        return generator.withLock { $0.next(at: instant, using: &random) }
    }
}
