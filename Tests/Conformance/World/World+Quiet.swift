/// Waiting for a world in which nothing moves any more.
extension World {
    static let quietDeadline: Duration = .seconds(150)
    /// Nothing has moved for so long, though something seems to be missing: it will not come.
    private static let patience: Duration = .seconds(5)

    /// Heals everything, waits until all is as it should be or nothing moves any more, and tells what is wrong then.
    func rest() async throws -> [Violation] {
        try broker.heal()
        for crew in allCrews {
            try crew.fill()
            try await crew.trim()
        }
        let begin = ContinuousClock.now
        var last: (done: Int64, seen: Int64) = (0, 0)
        var moved = ContinuousClock.now
        let settled = try await waited(Self.quietDeadline, looking: .milliseconds(200)) { () -> [Violation]? in
            for crew in allCrews { try crew.fill() }
            promises.giveAgain(to: crew(.asker).alive)
            // Before what waits is read: a promise kept after that reading would be counted by neither.
            let isPromising = promises.outstandingCount > 0
            let progress = try await databases.progress()
            let waiting = try await databases.waiting()
            let isWaiting = isPromising || !waiting.isEmpty
            if progress != last || isWaiting {
                last = progress
                moved = .now
            }
            let isOver = ContinuousClock.now - moved > Self.patience
            guard !isWaiting, progress.done == progress.seen || isOver else { return nil }
            let violations = try await violations()
            return violations.isEmpty || isOver || violations.allSatisfy(\.isForEver) ? violations : nil
        }
        Progress.note("\(name): \(settled == nil ? "NOT quiet" : "quiet") after \(ContinuousClock.now - begin)")
        if promises.outstandingCount > 0 { throw WorldError("\(promises.outstandingCount) commands could not even be promised") }
        if let settled { return settled }
        return try await violations()
    }

    /// What is wrong at this moment; something may still be on its way.
    func violations() async throws -> [Violation] { Checks.violations(try await databases.facts(promised: promises.kept)) }
}
