import Kernel
import Operations

/// A disturbance of the installation that happens once during a season, while requests are in flight.
struct Interruption: Sendable {
    /// The activity during which it happens.
    enum Moment: String, Codable, Sendable {
        /// Orders are being placed.
        case orders
        /// Redemptions are being applied for and decided.
        case redemptions
        /// A payout batch has just been approved and is sent to the bank.
        case payments
        /// The clock is being advanced.
        case clock

        /// The moment at which the loss of a part of the installation is riskiest.
        static func riskiest(for part: String) -> Moment {
            switch part {
            case "redemption": .redemptions
            case "payout", PlatformService.bank.name: .payments
            case "timer": .clock
            default: .orders
            }
        }
    }

    /// When it happened.
    struct Occurrence: Sendable {
        /// The season's day.
        let day: CalendarDate
        /// The number of actions answered before it.
        let actionsBefore: Int
    }

    /// When it happens: at the first such moment after half of the orders are placed.
    let moment: Moment
    /// Causes the disturbance.
    let perform: @Sendable () async throws -> Void
}

extension SeasonAction.Kind {
    /// The moment during which such an action runs; nil if it belongs to none.
    var moment: Interruption.Moment? {
        switch self {
        case .place: .orders
        case .apply, .determine, .decide, .publish: .redemptions
        default: nil
        }
    }
}

/// Kills a part of the installation and checks that it is restarted.
struct PartKill: Sendable {
    let platform: Platform
    let part: String

    private static let timeout: Duration = .seconds(60)

    /// Kills the part and returns its process id. Throws a `CommandError` if it is not running.
    func kill() async throws -> Int32 {
        let pid = await platform.pid(of: part)
        guard pid > 0 else { throw CommandError("\(part) is not running and cannot be killed") }
        try await platform.kill(part)
        return pid
    }

    /// The process started in its place. Throws a `CommandError` after a timeout.
    func successor(of old: Int32) async throws -> Int32 {
        let end = ContinuousClock.now + Self.timeout
        while ContinuousClock.now < end {
            let pid = await platform.pid(of: part)
            if pid > 0, pid != old { return pid }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CommandError("\(part) was killed and not restarted within \(Self.timeout)")
    }
}
