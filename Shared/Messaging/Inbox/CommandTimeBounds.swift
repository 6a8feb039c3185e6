import Foundation
import Kernel

/// How far a command's own time may lie from the broker's. Its time decides deadlines, so nobody may choose it freely.
public struct CommandTimeBounds: Sendable, Hashable {
    /// A command may be at most this much ahead of the broker's clock.
    public let ahead: Duration
    /// A command may be at most this old when the broker takes it: the longest outage that loses nobody's command.
    public let age: Duration

    /// Bounds on a command's time.
    public init(ahead: Duration = .seconds(30), age: Duration = .seconds(7 * 86_400)) {
        self.ahead = ahead
        self.age = age
    }

    /// No bounds: for a rehearsal, whose commands carry the instants of its own clock.
    public static let unbounded = CommandTimeBounds(ahead: .seconds(1 << 40), age: .seconds(1 << 40))

    /// Why a command of `time`, taken by the broker at `brokerTime`, is out of bounds; nil when it is not.
    func refusal(time: Date, brokerTime: Date?) -> Refusal? {
        guard let brokerTime else { return nil }
        let lead = time.timeIntervalSince(brokerTime)
        guard lead > ahead.timeInterval || -lead > age.timeInterval else { return nil }
        return PlatformRule.commandOutsideTimeWindow.refusal()
    }
}

extension Duration {
    /// In seconds, for Foundation's instants. Never for money.
    var timeInterval: TimeInterval {
        let (seconds, attoseconds) = components
        return TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18
    }
}
