/// One fault that is to happen, with all its chances already taken.
struct PlannedFault: Hashable, Sendable {
    let number: Int
    let kind: FaultKind
    let role: Role
    /// Which of the role's processes, counted round.
    let victim: Int
    /// At which time that a point is reached.
    let hit: Int
    /// How long it lasts, or how late it strikes.
    let milliseconds: Int
    /// Which broker, from 1; nil is all of them.
    let broker: Int32?
}

/// Faults that strike at the same time, on different targets, while commands are promised.
struct PlannedStep: Hashable, Sendable {
    let faults: [PlannedFault]
    let commands: Int
}

/// What happens in one world: a pure function of a seed, so that the seed replays it.
struct Plan: Hashable, Sendable {
    let seed: UInt64
    let steps: [PlannedStep]

    var faults: [PlannedFault] { steps.flatMap(\.faults) }

    /// - Parameters:
    ///   - seed: replays the plan
    ///   - faults: at least this many
    ///   - commands: at least this many, spread over the steps; none without a step
    ///   - isEmbedded: whether the broker can be struck too
    init(seed: UInt64, faults: Int, commands: Int, isEmbedded: Bool) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
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

    /// How many of each kind: its share by weight, and one at least.
    private static func kinds(_ faults: Int, isEmbedded: Bool) -> [FaultKind] {
        guard faults > 0 else { return [] }
        let possible = FaultKind.all.filter { isEmbedded || !$0.needsEmbeddedBroker }
        let weights = possible.reduce(0) { $0 + $1.weight }
        return possible.flatMap { Array(repeating: $0, count: (faults * $0.weight + weights - 1) / weights) }
    }

    /// Puts together what strikes together: a process of each role, the database and the broker. What strikes everything
    /// stands alone.
    private static func groups(_ kinds: [FaultKind], _ random: inout SeededGenerator) -> [[(FaultKind, Role)]] {
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
            // A shorter track is spread over the whole.
            let places = Array(0..<length).shuffled(using: &random).prefix(track.count).sorted()
            for (place, fault) in zip(places, track) { groups[place].append(fault) }
        }
        return (groups + others).shuffled(using: &random)
    }
}

extension PlannedFault {
    fileprivate init(number: Int, kind: FaultKind, role: Role, _ random: inout SeededGenerator) {
        self.init(
            number: number, kind: kind, role: role, victim: Int.random(in: 0..<64, using: &random), hit: Int.random(in: 1...3, using: &random),
            milliseconds: Int.random(in: 100...1200, using: &random),
            broker: Int.random(in: 0..<3, using: &random) == 0 ? nil : Int32.random(in: 1...3, using: &random))
    }
}
