import Kernel

/// Something that is done once to the installation in the middle of a season, while requests are under way.
struct Interruption: Sendable {
    /// What is under way when it is done.
    enum Moment: String, Codable, Sendable {
        /// Orders are being placed.
        case orders
        /// Redemptions are being applied for and decided.
        case redemptions
        /// A batch has just been approved, and goes to the bank.
        case payments
        /// The clock moves on.
        case clock

        /// The moment at which a part of the installation has most to lose.
        static func worst(for part: String) -> Moment {
            switch part {
            case "redemption": .redemptions
            case "payout", PlatformService.bank.name: .payments
            case "timer": .clock
            default: .orders
            }
        }
    }

    /// When it was done.
    struct Struck: Sendable {
        /// The season's day.
        let day: CalendarDate
        /// How many acts had been answered before.
        let actsBefore: Int
    }

    /// When it is done: at the first such moment after half of the orders are placed.
    let moment: Moment
    /// What is done.
    let strike: @Sendable () async throws -> Void
}

extension Act.Kind {
    /// The moment at which such an act is under way, if it is one of those that can be chosen.
    var moment: Interruption.Moment? {
        switch self {
        case .place: .orders
        case .apply, .determine, .decide, .publish: .redemptions
        default: nil
        }
    }
}

/// Kills a part of the installation, and looks whether it came back.
struct PartKilling: Sendable {
    let platform: Platform
    let part: String

    private static let patience: Duration = .seconds(60)

    /// Kills it. Throws a `Complaint` where it does not run.
    func kill() async throws -> Int32 {
        let pid = await platform.pid(of: part)
        guard pid > 0 else { throw Complaint("\(part) does not run, and cannot be killed") }
        try await platform.kill(part)
        return pid
    }

    /// The process that took its place. Throws a `Complaint` where there is none in time.
    func successor(of old: Int32) async throws -> Int32 {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let pid = await platform.pid(of: part)
            if pid > 0, pid != old { return pid }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Complaint("\(part) was killed and is not back after \(Self.patience)")
    }
}
