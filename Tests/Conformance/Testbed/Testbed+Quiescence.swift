/// Waits for quiescence of a test bed.
extension Testbed {
    static let quiescenceTimeout: Duration = .seconds(150)
    /// After this time without progress, missing messages are considered lost. Until then the asker may still read events from the log:
    /// no database tells how far it has read.
    private static let progressTimeout: Duration = .seconds(5)

    /// Ends all faults, waits for quiescence or the end of progress, and returns the violations.
    func violationsAtQuiescence() async throws -> [Violation] {
        try broker.endFaults()
        for instances in allInstanceGroups {
            try await instances.startMissing()
            try await instances.stopSurplus()
        }
        let begin = ContinuousClock.now
        var last: (done: Int64, seen: Int64) = (0, 0)
        var lastProgress = ContinuousClock.now
        let settled = try await poll(Self.quiescenceTimeout, every: .milliseconds(200)) { () -> [Violation]? in
            for instances in allInstanceGroups { try await instances.startMissing() }
            submitter.resubmit(to: instances(of: .asker).alive)
            // Read before the unfinished work: a command accepted between the two reads would be missed otherwise.
            let isSubmitting = submitter.outstandingCount > 0
            let progress = try await databases.progress()
            let waiting = try await databases.waiting()
            let isWaiting = isSubmitting || !waiting.isEmpty
            if progress != last || isWaiting {
                last = progress
                lastProgress = .now
            }
            let hasStalled = ContinuousClock.now - lastProgress > Self.progressTimeout
            guard !isWaiting, progress.done == progress.seen || hasStalled else { return nil }
            let violations = try await violations()
            return violations.isEmpty || hasStalled || violations.allSatisfy(\.isPermanent) ? violations : nil
        }
        Progress.report("\(name): \(settled == nil ? "NOT quiescent" : "quiescent") after \(ContinuousClock.now - begin)")
        if submitter.outstandingCount > 0 { throw TestbedError("\(submitter.outstandingCount) commands were not accepted") }
        if let settled { return settled }
        return try await violations()
    }

    /// The current violations, including those of messages in flight.
    func violations() async throws -> [Violation] { Checks.violations(try await databases.facts(accepted: submitter.accepted)) }
}
