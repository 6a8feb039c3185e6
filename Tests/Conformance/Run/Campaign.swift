import Foundation

/// Plays a plan in a world: step by step, with looks at what must hold at any moment, and rests at which everything must.
struct Campaign: Sendable {
    let world: World
    let plan: Plan
    let ledger: FaultLedger

    private static let stepsBetweenRests = 12

    /// What is wrong at the end, or at the first rest at which something is.
    func run() async throws -> [Violation] {
        for crew in world.allCrews { try crew.fill() }
        for (index, step) in plan.steps.enumerated() {
            try await play(step)
            let misplaced = try await world.databases.misplacedEffects()
            if misplaced > 0 {
                Progress.note("\(world.name): \(misplaced) effects out of order or doubled after step \(index + 1)")
                return try await world.violations().filter(\.isForEver)
            }
            if (index + 1).isMultiple(of: Self.stepsBetweenRests) || index + 1 == plan.steps.count {
                let violations = try await world.rest()
                tell(index + 1)
                if !violations.isEmpty { return violations }
            }
        }
        return []
    }

    private func tell(_ steps: Int) {
        Progress.note(
            "\(world.name): step \(steps) of \(plan.steps.count), \(ledger.total) faults so far, \(world.promises.keptCount) commands done")
    }

    /// All faults of a step at once, and commands for as long as they last.
    private func play(_ step: PlannedStep) async throws {
        let traffic = Task { try await promise(step.commands) }
        defer { traffic.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for planned in step.faults {
                group.addTask {
                    let begin = ContinuousClock.now
                    let happened = try await planned.fault.happen(in: world)
                    ledger.note(planned.kind, happened: happened)
                    let words = "\(planned.kind.name) (\(planned.role.rawValue))" + (happened ? "" : ": NO OCCASION")
                    Progress.note(
                        "\(world.name): fault \(planned.number) of \(plan.faults.count), \(words), \(ContinuousClock.now - begin)")
                }
            }
            try await group.waitForAll()
        }
    }

    /// The step's share, the first part at once, and then more for as long as the faults need an occasion.
    private func promise(_ count: Int) async throws {
        world.promise(count / 3)
        var left = count - count / 3
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(left > 0 ? 40 : 80))
            world.promises.giveAgain(to: world.crew(.asker).alive)
            world.promise(1)
            left -= 1
        }
    }
}

extension Violation {
    /// Whether no waiting can mend it.
    var isForEver: Bool {
        switch self {
        case .effectDoubled, .effectOutOfOrder, .effectUnfounded, .answersDisagree, .answeredWrongly: true
        case .decided(_, let times): times > 1
        default: false
        }
    }
}
