import Foundation

/// Runs a plan in a test bed step by step: checks the invariants after each step, and all guarantees at quiescence every few steps.
struct PlanRunner: Sendable {
    let testbed: Testbed
    let plan: Plan
    let counts: FaultCounts

    private static let stepsBetweenChecks = 12

    /// Returns the violations at the first check that finds some, or none at the end.
    func run() async throws -> [Violation] {
        for instances in testbed.allInstanceGroups { try await instances.startMissing() }
        for (index, step) in plan.steps.enumerated() {
            try await run(step)
            let misplaced = try await testbed.databases.misplacedEffects()
            if misplaced > 0 {
                Progress.report("\(testbed.name): \(misplaced) effects out of order or duplicated after step \(index + 1)")
                return try await testbed.violations().filter(\.isPermanent)
            }
            if (index + 1).isMultiple(of: Self.stepsBetweenChecks) || index + 1 == plan.steps.count {
                let violations = try await testbed.violationsAtQuiescence()
                reportProgress(index + 1)
                if !violations.isEmpty { return violations }
            }
        }
        return []
    }

    private func reportProgress(_ steps: Int) {
        Progress.report(
            "\(testbed.name): step \(steps) of \(plan.steps.count), \(counts.total) faults so far, \(testbed.submitter.acceptedCount) commands accepted"
        )
    }

    /// Injects all faults of a step concurrently, and submits commands until they are over.
    private func run(_ step: PlannedStep) async throws {
        let traffic = Task { try await submitCommands(step.commands) }
        defer { traffic.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for planned in step.faults {
                group.addTask {
                    let begin = ContinuousClock.now
                    let happened = try await planned.fault.inject(into: testbed)
                    counts.record(planned.kind, happened: happened)
                    let words = "\(planned.kind.name) (\(planned.role.rawValue))" + (happened ? "" : ": DID NOT HAPPEN")
                    Progress.report(
                        "\(testbed.name): fault \(planned.number) of \(plan.faults.count), \(words), \(ContinuousClock.now - begin)")
                }
            }
            try await group.waitForAll()
        }
    }

    /// Submits the step's commands, a third of them immediately, and then further ones until the faults are over.
    private func submitCommands(_ count: Int) async throws {
        testbed.submit(count / 3)
        var left = count - count / 3
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(left > 0 ? 40 : 80))
            testbed.submitter.resubmit(to: testbed.instances(of: .asker).alive)
            testbed.submit(1)
            left -= 1
        }
    }
}

extension Violation {
    /// Whether the violation remains even if all messages in flight are handled.
    var isPermanent: Bool {
        switch self {
        case .effectDuplicated, .effectOutOfOrder, .effectUnfounded, .answersDisagree, .answeredWrongly: true
        case .decided(_, let times): times > 1
        default: false
        }
    }
}
