import Messaging
import Testing

@Suite("The plan of faults")
struct PlanTests {
    private static func plan(seed: UInt64 = 7, faults: Int = 140, isEmbedded: Bool = true) -> Plan {
        Plan(seed: seed, faults: faults, commands: 2000, isEmbedded: isEmbedded)
    }

    @Test("the same seed gives the same plan, another seed gives another plan")
    func seedReplays() {
        #expect(Self.plan() == Self.plan())
        #expect(Self.plan() != Self.plan(seed: 8))
        #expect((1...500).map { PlannedCommand(number: $0, seed: 7) } == (1...500).map { PlannedCommand(number: $0, seed: 7) })
    }

    @Test("every plan contains every kind of fault and every fault point", arguments: [1, 40, 560])
    func everyKind(faults: Int) {
        let plan = Self.plan(faults: faults)
        #expect(plan.faults.count >= faults)
        #expect(Set(plan.faults.map(\.kind)) == Set(FaultKind.all))
        #expect(Set(FaultKind.all).isSuperset(of: FaultPoint.allCases.map { .killed(at: $0) }))
        #expect(plan.faults.map(\.number) == Array(1...plan.faults.count))
    }

    @Test("the standard plan has at least 500 faults, and ten of every kind, spread over the test beds")
    func standard() {
        let faults = ConformanceRun.plans(seed: 1, faults: ConformanceSettings.standardFaults, commands: 1, on: .embedded).flatMap(\.faults)
        #expect(faults.count >= 500)
        for kind in FaultKind.all where kind != .logWiped { #expect(faults.filter { $0.kind == kind }.count >= 10, "\(kind.name)") }
    }

    @Test("faults of one step affect different targets, and a fault that affects everything is alone")
    func stepsAreDisjoint() {
        for step in Self.plan(faults: 560).steps {
            let targets = step.faults.map { $0.kind.target == .processes ? "\($0.role)" : "\($0.kind.target)" }
            #expect(Set(targets).count == targets.count)
            if targets.contains("everything") { #expect(targets.count == 1) }
        }
    }

    @Test("a plan for a cluster omits only the faults of brokers")
    func cluster() {
        #expect(Set(Self.plan(isEmbedded: false).faults.map(\.kind)) == Set(FaultKind.all.filter { !$0.needsEmbeddedBroker }))
    }

    @Test("commands are spread over hundreds of counters, and some of them must be refused")
    func commands() {
        let commands = (1...5000).map { PlannedCommand(number: $0, seed: 3) }
        #expect(Set(commands.map(\.counter)).count == PlannedCommand.counters)
        #expect((100...400).contains(commands.filter { !$0.isPossible }.count))
    }
}
