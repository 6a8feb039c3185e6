import Foundation
import Kernel
package import Messages
package import Messaging
package import Postgres

// A whole service in a hundred lines: it counts, and refuses to count below zero.

/// Asks to add to a counter; a negative amount takes away.
package struct AddAmount: Command, Hashable {
    package static let type = MessageType("counter", "add-amount")
    package let counter: String
    package let amount: Int64

    package init(counter: String, amount: Int64) {
        self.counter = counter
        self.amount = amount
    }
}

/// A counter has changed.
package struct AmountAdded: Event, Hashable {
    package static let type = MessageType("counter", "amount-added")
    package let counter: String
    package let amount: Int64
    package let total: Int64
}

/// The counters a batch works on.
package struct CounterRows: WorkingRows {
    private var wanted: Set<String> = []
    private var totals: [String: Int64] = [:]
    private var changed: Set<String> = []

    package init() {}

    private static let lock = PostgresStatement(
        "counter.lock", "select name, total from counter where name = any($1::text[]) order by name for update")
    private static let write = PostgresStatement(
        "counter.write",
        """
        insert into counter (name, total) select * from unnest($1::text[], $2::bigint[])
        on conflict (name) do update set total = excluded.total
        """)

    package mutating func want(_ counter: String) { wanted.insert(counter) }

    package func total(of counter: String) -> Int64 { totals[counter] ?? 0 }

    package mutating func set(_ counter: String, to total: Int64) {
        totals[counter] = total
        changed.insert(counter)
    }

    package mutating func load(_ connection: PostgresConnection) async throws {
        guard !wanted.isEmpty else { return }
        let rows = try await connection.query(Self.lock, wanted.sorted())
        for (name, total) in try rows.decode(String.self, Int64.self) { totals[name] = total }
    }

    package func writes() -> [PostgresStep] {
        guard !changed.isEmpty else { return [] }
        let names = changed.sorted()
        return [PostgresStep(Self.write, names, names.map { totals[$0] ?? 0 })]
    }
}

/// What the service does with `AddAmount`.
package struct AddAmountHandler: Handler {
    package init() {}

    package func wants(_ input: AddAmount, in rows: inout CounterRows) { rows.want(input.counter) }

    package func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, say: inout Said) throws {
        let (total, isOverflow) = rows.total(of: input.counter).addingReportingOverflow(input.amount)
        guard !isOverflow, total >= 0 else {
            throw PlatformRule.amountOutOfRange.refusal()
                .comparing("total", rows.total(of: input.counter), .count).comparing("amount", input.amount, .count)
        }
        rows.set(input.counter, to: total)
        try say.publish(AmountAdded(counter: input.counter, amount: input.amount, total: total), key: input.counter)
        try say.answer(total)
    }
}

/// The service: what it takes, and where it keeps it.
package enum CounterService {
    package static let contents = Contents(service: "counter", rows: CounterRows.self, commandsFrom: ["asker"]) {
        Takes(AddAmountHandler())
    }
    package static let table = "create table counter (name text primary key, total bigint not null check (total >= 0))"
}
