import Postgres

/// What a relay has to note: how far topics' shards are published in their turn, and what was published out of turn.
struct RelayNotes: Sendable {
    /// Of each shard its topics, and how far.
    private var turns: [[Turn]] = []
    private var aside: [RelayRow] = []

    private struct Turn: Sendable {
        let topic: String
        var through: Int64
        /// The first that has to go out again.
        var halt = Int64.max

        var published: Int64 { min(through, halt - 1) }
    }

    init() {}

    /// All of these are published.
    init(_ published: [RelayRow]) {
        for row in published {
            if row.isAside { aside.append(row) } else { pass(row) }
        }
    }

    var isEmpty: Bool { aside.isEmpty && turns.allSatisfy { $0.allSatisfy { $0.published == 0 } } }

    /// This one needs no turn any more.
    mutating func pass(_ row: RelayRow) {
        if !row.isAside { change(row) { $0.through = max($0.through, row.sequence) } }
    }

    /// This one and what follows it need their turn again.
    mutating func halt(before row: RelayRow) {
        if !row.isAside { change(row) { $0.halt = min($0.halt, row.sequence) } }
    }

    /// Notes of a later round as well: how far it came, or else how far the earlier one did.
    mutating func add(_ later: RelayNotes) {
        aside += later.aside
        for (shard, found) in later.turns.enumerated() {
            for turn in found where turn.published > 0 {
                change(Int16(shard), turn.topic, orBegin: turn) { $0 = turn.published > $0.published ? turn : $0 }
            }
        }
    }

    private mutating func change(_ row: RelayRow, _ change: (inout Turn) -> Void) {
        self.change(row.shard, row.topic, orBegin: Turn(topic: row.topic, through: 0), change)
    }

    private mutating func change(_ shard: Int16, _ topic: String, orBegin turn: Turn, _ change: (inout Turn) -> Void) {
        let shard = Int(shard)
        while turns.count <= shard { turns.append([]) }
        // A shard has a handful of topics.
        let found = turns[shard].firstIndex { $0.topic == topic }
        if found == nil { turns[shard].append(turn) }
        change(&turns[shard][found ?? turns[shard].count - 1])
    }

    /// The steps that note it all.
    var steps: [PostgresStep] {
        var steps: [PostgresStep] = []
        let all = turns.enumerated().flatMap { shard, turns in
            turns.filter { $0.published > 0 }.map { (shard: Int16(shard), topic: $0.topic, published: $0.published) }
        }
        if !all.isEmpty {
            steps.append(PostgresStep(RelayStatements.advance, [all.map(\.shard), all.map(\.topic), all.map(\.published)]))
        }
        if !aside.isEmpty { steps.append(PostgresStep(RelayStatements.clear, [aside.map(\.shard), aside.map(\.position)])) }
        return steps
    }
}
