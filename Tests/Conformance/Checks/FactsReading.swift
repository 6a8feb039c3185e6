import Foundation
import Messages
import Postgres

/// Reads the facts for `Checks`.
extension TestbedDatabases {
    private static let operations = PostgresStatement("facts.operations", "select id, idempotency_key, outcome from operation")
    private static let seen = PostgresStatement("facts.seen", "select counter, amount, total from seen order by id")
    private static let decided = PostgresStatement("facts.decided", "select message_id from audit where type like 'counter.add-amount%'")
    private static let totals = PostgresStatement("facts.totals", "select name, total from counter")

    private static let unfinishedWork = [
        ("unpublished messages", "select count(*) from outbox_waiting"),
        ("held events", "select count(*) from inbox_held"),
        ("shards behind", "select count(*) from inbox_watermark where behind_since is not null"),
        ("deferred replies", "select count(*) from inbox_deferred_reply"),
        ("parked messages", "select count(*) from parked"),
        ("blocked keys", "select count(*) from parked_key"),
    ]

    func facts(accepted: [PlannedCommand]) async throws -> Facts {
        var facts = Facts(accepted: accepted)
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

    /// The unfinished work by service; kinds without rows are omitted.
    func waiting() async throws -> [Facts.Waiting] {
        var found: [Facts.Waiting] = []
        for role in Role.allCases {
            for (what, sql) in Self.unfinishedWork {
                found.append(Facts.Waiting(service: role.rawValue, what: what, rows: try await number(role, sql)))
            }
        }
        found.append(
            Facts.Waiting(
                service: "asker", what: "commands without an answer",
                rows: try await number(.asker, "select count(*) from operation where outcome is null")))
        return found.filter { $0.rows > 0 }
    }

    /// The numbers of handled commands and applied events; they change as long as messages are in flight.
    func progress() async throws -> (done: Int64, seen: Int64) {
        (
            try await number(.counter, "select count(*) from audit where outcome = 'done' and type like 'counter.add-amount%'"),
            try await number(.asker, "select count(*) from seen")
        )
    }

    /// The number of effects that are out of order or duplicated; must be 0 at any moment, because each event follows its predecessor.
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
            throw TestbedError("the answer to command \(read.commandID) has no total")
        }
    }
}
