import Messaging
import Testing

@Suite("The plan of faults")
struct PlanTests {
    private static func plan(seed: UInt64 = 7, faults: Int = 140, isEmbedded: Bool = true) -> Plan {
        Plan(seed: seed, faults: faults, commands: 2000, isEmbedded: isEmbedded)
    }

    @Test("the same seed makes the same plan, another seed another")
    func seedReplays() {
        #expect(Self.plan() == Self.plan())
        #expect(Self.plan() != Self.plan(seed: 8))
        #expect((1...500).map { PlannedCommand(number: $0, seed: 7) } == (1...500).map { PlannedCommand(number: $0, seed: 7) })
    }

    @Test("every kind of fault and every fault point comes, however small the plan", arguments: [1, 40, 560])
    func everyKind(faults: Int) {
        let plan = Self.plan(faults: faults)
        #expect(plan.faults.count >= faults)
        #expect(Set(plan.faults.map(\.kind)) == Set(FaultKind.all))
        #expect(Set(FaultKind.all).isSuperset(of: FaultPoint.allCases.map { .killed(at: $0) }))
        #expect(plan.faults.map(\.number) == Array(1...plan.faults.count))
    }

    @Test("the standard plan has 500 faults and more, and ten of every kind, spread over the worlds")
    func standard() {
        let faults = ConformanceRun.plans(seed: 1, faults: ConformanceSettings.standardFaults, commands: 1, on: .embedded).flatMap(\.faults)
        #expect(faults.count >= 500)
        for kind in FaultKind.all where kind != .logWiped { #expect(faults.filter { $0.kind == kind }.count >= 10, "\(kind.name)") }
    }

    @Test("faults of one step strike different targets, and what strikes everything strikes alone")
    func stepsAreDisjoint() {
        for step in Self.plan(faults: 560).steps {
            let struck = step.faults.map { $0.kind.target == .processes ? "\($0.role)" : "\($0.kind.target)" }
            #expect(Set(struck).count == struck.count)
            if struck.contains("everything") { #expect(struck.count == 1) }
        }
    }

    @Test("a cluster's own brokers are left alone, everything else is not")
    func cluster() {
        #expect(Set(Self.plan(isEmbedded: false).faults.map(\.kind)) == Set(FaultKind.all.filter { !$0.needsEmbeddedBroker }))
    }

    @Test("commands are spread over hundreds of counters, and some of them are to be refused")
    func commands() {
        let commands = (1...5000).map { PlannedCommand(number: $0, seed: 3) }
        #expect(Set(commands.map(\.counter)).count == PlannedCommand.counters)
        #expect((100...400).contains(commands.filter { !$0.isPossible }.count))
    }
}
