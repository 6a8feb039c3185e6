/// Waiting for a world in which nothing moves any more.
extension World {
    static let quietDeadline: Duration = .seconds(90)
    /// Nothing has moved for so long, though something seems to be missing: it will not come.
    private static let patience: Duration = .seconds(4)

    /// Heals everything, waits until nothing waits any more, and tells what is wrong then.
    func rest() async throws -> [Violation] {
        try broker.heal()
        for crew in allCrews {
            try crew.fill()
            try await crew.trim()
        }
        let begin = ContinuousClock.now
        var last: (done: Int64, seen: Int64) = (0, 0)
        var moved = ContinuousClock.now
        _ = try await waited(Self.quietDeadline) { () -> Bool? in
            for crew in allCrews { try crew.fill() }
            promises.giveAgain(to: crew(.asker).alive)
            let progress = try await databases.progress()
            if progress != last {
                last = progress
                moved = .now
            }
            guard promises.outstandingCount == 0, try await databases.waiting().isEmpty else { return nil }
            return progress.done == progress.seen || ContinuousClock.now - moved > Self.patience ? true : nil
        }
        Progress.note("\(name): quiet after \(ContinuousClock.now - begin)")
        if promises.outstandingCount > 0 { throw WorldError("\(promises.outstandingCount) commands could not even be promised") }
        return Checks.violations(try await databases.facts(promised: promises.kept))
    }
}
