import Foundation
import Kernel

/// How far a command's own time may differ from the broker's. A command's time decides deadlines, so a sender must not choose it freely.
public struct CommandTimeBounds: Sendable, Hashable {
    /// A command may be at most this much ahead of the broker's clock.
    public let ahead: Duration
    /// A command may be at most this old when the broker receives it: the longest outage after which commands are still accepted.
    public let age: Duration

    /// Creates bounds.
    public init(ahead: Duration = .seconds(30), age: Duration = .seconds(7 * 86_400)) {
        self.ahead = ahead
        self.age = age
    }

    /// No bounds: for a rehearsal, whose commands carry times of its own clock.
    public static let unbounded = CommandTimeBounds(ahead: .seconds(1 << 40), age: .seconds(1 << 40))

    /// The refusal of a command with `time` that the broker received at `brokerTime`; nil if it is within the bounds.
    func refusal(time: Date, brokerTime: Date?) -> Refusal? {
        guard let brokerTime else { return nil }
        let lead = time.timeIntervalSince(brokerTime)
        guard lead > ahead.timeInterval || -lead > age.timeInterval else { return nil }
        return PlatformRule.commandOutsideTimeWindow.refusal()
    }
}

extension Duration {
    /// In seconds, for use with `Date`.
    var timeInterval: TimeInterval {
        let (seconds, attoseconds) = components
        return TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18
    }
}
