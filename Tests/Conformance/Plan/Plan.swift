import Kernel

/// One fault of a plan, with all its random choices made.
struct PlannedFault: Hashable, Sendable {
    let number: Int
    let kind: FaultKind
    let role: Role
    /// Selects one of the role's processes, modulo their number.
    let victim: Int
    /// The number of times a point must be reached before the process is killed.
    let hit: Int
    /// The duration of the fault, or the delay before it.
    let milliseconds: Int
    /// The broker, from 1; nil for all brokers.
    let broker: Int32?
}

/// Faults that happen concurrently on different targets, while commands are submitted.
struct PlannedStep: Hashable, Sendable {
    let faults: [PlannedFault]
    let commands: Int
}

/// The faults and commands of one test bed: a pure function of a seed, so that the seed reproduces it.
struct Plan: Hashable, Sendable {
    let seed: UInt64
    let steps: [PlannedStep]

    var faults: [PlannedFault] { steps.flatMap(\.faults) }

    /// - Parameters:
    ///   - seed: reproduces the plan
    ///   - faults: the minimum number of faults
    ///   - commands: the minimum number of commands, spread over the steps; none without a step
    ///   - isEmbedded: whether faults of the broker are possible
    init(seed: UInt64, faults: Int, commands: Int, isEmbedded: Bool) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        let kinds = Self.kinds(faults, isEmbedded: isEmbedded)
        let groups = Self.groups(kinds, &random)
        var number = 0
        var steps: [PlannedStep] = []
        for group in groups {
            let faults = group.map { kind, role in
                number += 1
                return PlannedFault(number: number, kind: kind, role: role, &random)
            }
            steps.append(PlannedStep(faults: faults, commands: (commands + groups.count - 1) / groups.count))
        }
        self.steps = steps
    }

    /// The kinds of the faults: each by its weight, and at least once.
    private static func kinds(_ faults: Int, isEmbedded: Bool) -> [FaultKind] {
        guard faults > 0 else { return [] }
        let possible = FaultKind.all.filter { isEmbedded || !$0.needsEmbeddedBroker }
        let weights = possible.reduce(0) { $0 + $1.weight }
        return possible.flatMap { Array(repeating: $0, count: (faults * $0.weight + weights - 1) / weights) }
    }

    /// Groups faults that happen concurrently: one on a process of each role, one on the database and one on the broker. A fault that
    /// affects everything is alone in its group.
    private static func groups(_ kinds: [FaultKind], _ random: inout SplitMix64) -> [[(FaultKind, Role)]] {
        func shuffled(_ target: FaultKind.Target) -> [FaultKind] { kinds.filter { $0.target == target }.shuffled(using: &random) }
        let processes = shuffled(.processes)
        let half = (processes.count + 1) / 2
        let others: [[(FaultKind, Role)]] = shuffled(.everything).enumerated().map { [($1, Role.allCases[$0 % 2])] }
        let tracks: [[(FaultKind, Role)]] = [
            processes.prefix(half).map { ($0, .counter) }, processes.dropFirst(half).map { ($0, .asker) },
            shuffled(.database).enumerated().map { ($1, Role.allCases[$0 % 2]) }, shuffled(.broker).map { ($0, .counter) },
        ]
        let length = tracks.map(\.count).max() ?? 0
        var groups: [[(FaultKind, Role)]] = (0..<length).map { _ in [] }
        for track in tracks {
            // The faults of a shorter track are spread over all groups.
            let indices = Array(0..<length).shuffled(using: &random).prefix(track.count).sorted()
            for (index, fault) in zip(indices, track) { groups[index].append(fault) }
        }
        return (groups + others).shuffled(using: &random)
    }
}

extension PlannedFault {
    fileprivate init(number: Int, kind: FaultKind, role: Role, _ random: inout SplitMix64) {
        self.init(
            number: number, kind: kind, role: role, victim: Int.random(in: 0..<64, using: &random),
            hit: Int.random(in: 1...3, using: &random),
            milliseconds: Int.random(in: 100...1200, using: &random),
            broker: Int.random(in: 0..<3, using: &random) == 0 ? nil : Int32.random(in: 1...3, using: &random))
    }
}
