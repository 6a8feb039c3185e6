import Foundation

/// Runs several test beds concurrently, each with its own plan.
struct ConformanceRun: Sendable {
    private let settings: ConformanceSettings
    private let brokerKind: BrokerKind
    private let plans: [(name: String, plan: Plan)]
    private let counts = FaultCounts()

    init(_ settings: ConformanceSettings, on brokerKind: BrokerKind) {
        self.settings = settings
        self.brokerKind = brokerKind
        plans = Self.plans(seed: settings.seed, faults: settings.faults, commands: settings.commands, on: brokerKind).enumerated()
            .filter { settings.testbeds.isEmpty || settings.testbeds.contains($0.offset + 1) }.map {
                ("testbed-\($0.offset + 1)", $0.element)
            }
    }

    /// One plan for each test bed. There can be several embedded brokers, but only one test bed on a cluster.
    static func plans(seed: UInt64, faults: Int, commands: Int, on brokerKind: BrokerKind) -> [Plan] {
        let testbeds = brokerKind.isEmbedded ? 4 : 1
        return (0..<testbeds).map { testbed in
            Plan(
                seed: seed &+ UInt64(testbed), faults: (faults + testbeds - 1) / testbeds, commands: (commands + testbeds - 1) / testbeds,
                isEmbedded: brokerKind.isEmbedded)
        }
    }

    func run() async throws -> ConformanceReport {
        Progress.report(
            """
            \(brokerKind): seed \(settings.seed), \(plans.flatMap(\.plan.faults).count) faults in \(plans.count) test beds, \
            \(settings.commands) commands or more\(brokerKind.isEmbedded ? "" : "; faults of brokers are injected only into the embedded broker")
            """)
        let violations = try await withThrowingTaskGroup(of: [Violation].self) { group in
            for (name, plan) in plans { group.addTask { try await run(plan, in: name) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        Progress.report("faults that happened, \(counts.total) in total:\n\(counts.table)")
        return ConformanceReport(
            seed: settings.seed, planned: Dictionary(plans.flatMap(\.plan.faults).map { ($0.kind, 1) }, uniquingKeysWith: +),
            counts: counts,
            violations: violations)
    }

    private func run(_ plan: Plan, in name: String) async throws -> [Violation] {
        let testbed = try await Testbed.start(name, on: brokerKind, submitter: CommandSubmitter(seed: plan.seed))
        do {
            let violations = try await PlanRunner(testbed: testbed, plan: plan, counts: counts).run()
            let unexpected = testbed.allInstanceGroups.flatMap { $0.unexpectedEnds() }
            if !unexpected.isEmpty { throw TestbedError(unexpected.joined(separator: "; ")) }
            if !violations.isEmpty {
                let list = violations.prefix(20).map(\.description).joined(separator: "\n")
                reportFailure(testbed, "\(list)\n\((try? await testbed.databases.details()) ?? "")")
            }
            await testbed.close(keepingLogs: !violations.isEmpty)
            return violations
        } catch {
            reportFailure(testbed, "\(error)")
            await testbed.close(keepingLogs: true)
            throw error
        }
    }

    private func reportFailure(_ testbed: Testbed, _ details: String) {
        Progress.report(
            """
            \(testbed.name) failed; reproduce the plan with QUAN_CONFORMANCE_SEED=\(settings.seed)
            \(details)
            the logs are in \(testbed.folder); their last lines:
            \(testbed.tails())
            """)
    }
}

/// The result of a run.
struct ConformanceReport: Sendable, CustomStringConvertible {
    let seed: UInt64
    let planned: [FaultKind: Int]
    let counts: FaultCounts
    let violations: [Violation]

    /// Kinds that happened too rarely: at most one in five planned faults of a kind may fail to happen.
    var tooRare: [FaultKind] { planned.filter { counts.happened($0.key) < $0.value - $0.value / 5 }.map(\.key) }

    var guaranteedTotal: Int {
        let planned = planned.values.reduce(0, +)
        return planned - planned / 10
    }

    var description: String {
        "QUAN_CONFORMANCE_SEED=\(seed) reproduces this run\n" + violations.prefix(20).map(\.description).joined(separator: "\n") + "\n"
            + counts.table
    }
}
