import Foundation

/// Worlds side by side, each with its part of the plan.
struct ConformanceRun: Sendable {
    private let settings: ConformanceSettings
    private let backing: Backing
    private let plans: [(name: String, plan: Plan)]
    private let ledger = FaultLedger()

    init(_ settings: ConformanceSettings, on backing: Backing) {
        self.settings = settings
        self.backing = backing
        plans = Self.plans(seed: settings.seed, faults: settings.faults, commands: settings.commands, on: backing).enumerated()
            .filter { settings.worlds.isEmpty || settings.worlds.contains($0.offset + 1) }.map { ("world-\($0.offset + 1)", $0.element) }
    }

    /// A plan a world. The embedded broker is made as often as wanted; a cluster is one, and so is the world on it.
    static func plans(seed: UInt64, faults: Int, commands: Int, on backing: Backing) -> [Plan] {
        let worlds = backing.isEmbedded ? 4 : 1
        return (0..<worlds).map { world in
            Plan(
                seed: seed &+ UInt64(world), faults: (faults + worlds - 1) / worlds, commands: (commands + worlds - 1) / worlds,
                isEmbedded: backing.isEmbedded)
        }
    }

    func play() async throws -> ConformanceReport {
        Progress.note(
            """
            \(backing): seed \(settings.seed), \(plans.flatMap(\.plan.faults).count) faults in \(plans.count) worlds, \(settings.commands) commands \
            or more\(backing.isEmbedded ? "" : "; faults of the brokers themselves are played on the embedded broker only")
            """)
        let violations = try await withThrowingTaskGroup(of: [Violation].self) { group in
            for (name, plan) in plans { group.addTask { try await play(plan, in: name) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        Progress.note("what happened, \(ledger.total) faults in all:\n\(ledger.table)")
        return ConformanceReport(
            seed: settings.seed, planned: Dictionary(plans.flatMap(\.plan.faults).map { ($0.kind, 1) }, uniquingKeysWith: +),
            ledger: ledger,
            violations: violations)
    }

    private func play(_ plan: Plan, in name: String) async throws -> [Violation] {
        let world = try await World.start(name, on: backing, promises: Promises(seed: plan.seed))
        do {
            let violations = try await Campaign(world: world, plan: plan, ledger: ledger).run()
            let unexpected = world.allCrews.flatMap { $0.unexpectedEnds() }
            if !unexpected.isEmpty { throw WorldError(unexpected.joined(separator: "; ")) }
            if !violations.isEmpty {
                let list = violations.prefix(20).map(\.description).joined(separator: "\n")
                tell(world, "\(list)\n\((try? await world.databases.details()) ?? "")")
            }
            await world.close(keepingLogs: !violations.isEmpty)
            return violations
        } catch {
            tell(world, "\(error)")
            await world.close(keepingLogs: true)
            throw error
        }
    }

    private func tell(_ world: World, _ what: String) {
        Progress.note(
            """
            \(world.name) failed; the same plan again: QUAN_CONFORMANCE_SEED=\(settings.seed)
            \(what)
            the logs are in \(world.folder); they end with:
            \(world.tails())
            """)
    }
}

/// How a run ended.
struct ConformanceReport: Sendable, CustomStringConvertible {
    let seed: UInt64
    let planned: [FaultKind: Int]
    let ledger: FaultLedger
    let violations: [Violation]

    /// Kinds that happened less often than is guaranteed: an occasion may be missed now and then, one in five.
    var tooRare: [FaultKind] { planned.filter { ledger.happened($0.key) < $0.value - $0.value / 5 }.map(\.key) }

    var guaranteedTotal: Int {
        let planned = planned.values.reduce(0, +)
        return planned - planned / 10
    }

    var description: String {
        "QUAN_CONFORMANCE_SEED=\(seed) plays this again\n" + violations.prefix(20).map(\.description).joined(separator: "\n") + "\n"
            + ledger.table
    }
}
