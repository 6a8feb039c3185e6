import Foundation
import Messages
import Postgres

/// Reads the facts that `Checks` holds against the promises.
extension WorldDatabases {
    private static let operations = PostgresStatement("facts.operations", "select id, idempotency_key, outcome from operation")
    private static let seen = PostgresStatement("facts.seen", "select counter, amount, total from seen order by id")
    private static let decided = PostgresStatement("facts.decided", "select message_id from audit where type = 'counter.add-amount.v1'")
    private static let totals = PostgresStatement("facts.totals", "select name, total from counter")

    private static let waitingEverywhere = [
        ("messages not published", "select count(*) from outbox_waiting"),
        ("events held for their predecessors", "select count(*) from inbox_held"),
        ("shards behind", "select count(*) from inbox_watermark where behind_since is not null"),
        ("messages set aside", "select count(*) from parked"),
        ("keys blocked", "select count(*) from parked_key"),
    ]

    func facts(promised: [PlannedCommand]) async throws -> Facts {
        var facts = Facts(promised: promised)
        facts.operations = try await read(.asker) { connection in
            try await connection.query(Self.operations).decode(UUID.self, String.self, [UInt8]?.self).compactMap { id, key, outcome in
                guard let number = Int(key) else { return nil }
                return Facts.Operation(id: id, number: number, answer: try Facts.Operation.Answer(outcome))
            }
        }
        facts.seen = try await read(.asker) { connection in
            try await connection.query(Self.seen).decode(String.self, Int64.self, Int64.self).map {
                Facts.Seen(counter: $0, amount: $1, total: $2)
            }
        }
        facts.decided = try await read(.counter) { connection in
            try await connection.query(Self.decided).map { try $0.decode(column: 0, as: UUID.self) }
        }
        facts.totals = try await read(.counter) { connection in
            Dictionary(uniqueKeysWithValues: try await connection.query(Self.totals).decode(String.self, Int64.self).map { ($0, $1) })
        }
        facts.waiting = try await waiting()
        return facts
    }

    /// What waits, by service; rows of 0 are left out.
    func waiting() async throws -> [Facts.Waiting] {
        var found: [Facts.Waiting] = []
        for role in Role.allCases {
            for (what, sql) in Self.waitingEverywhere {
                found.append(Facts.Waiting(service: role.rawValue, what: what, rows: try await number(role, sql)))
            }
        }
        found.append(
            Facts.Waiting(
                service: "asker", what: "commands without an answer",
                rows: try await number(.asker, "select count(*) from operation where outcome is null")))
        return found.filter { $0.rows > 0 }
    }

    /// How far the two have come; while it changes, something moves.
    func progress() async throws -> (done: Int64, seen: Int64) {
        (
            try await number(.counter, "select count(*) from audit where outcome = 'done' and type = 'counter.add-amount.v1'"),
            try await number(.asker, "select count(*) from seen")
        )
    }

    /// Effects that are out of order or doubled, at any moment: an event is taken right behind the one before it.
    func misplacedEffects() async throws -> Int64 {
        try await number(
            .asker,
            """
            select count(*) from (
                select total - amount - lag(total, 1, 0::bigint) over (partition by counter order by id) as gap from seen) s
            where gap <> 0
            """)
    }
}

extension Facts.Operation.Answer {
    init(_ outcome: [UInt8]?) throws {
        guard let outcome else {
            self = .none
            return
        }
        let read = try JSONDecoder().decode(Outcome.self, from: Data(outcome))
        if read.refusal != nil {
            self = .refused
        } else if let total = read.result.flatMap(Int64.init) {
            self = .done(total: total)
        } else {
            throw WorldError("the answer to command \(read.commandID) has no total")
        }
    }
}
