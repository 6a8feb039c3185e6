import Foundation
import Kernel
package import Messages
package import Messaging
package import Postgres

// A complete service in a hundred lines: it counts, and refuses to count below zero.

/// Adds an amount to a counter; a negative amount subtracts.
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

/// The counters that a batch works on.
package struct CounterRows: UnitOfWork {
    private var requested: Set<String> = []
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

    package mutating func request(_ counter: String) { requested.insert(counter) }

    package func total(of counter: String) -> Int64 { totals[counter] ?? 0 }

    package mutating func set(_ counter: String, to total: Int64) {
        totals[counter] = total
        changed.insert(counter)
    }

    package mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        let rows = try await connection.query(Self.lock, requested.sorted())
        for (name, total) in try rows.decode(String.self, Int64.self) { totals[name] = total }
    }

    package func writes() -> [PostgresStep] {
        guard !changed.isEmpty else { return [] }
        let names = changed.sorted()
        return [PostgresStep(Self.write, names, names.map { totals[$0] ?? 0 })]
    }
}

/// Handles `AddAmount`.
package struct AddAmountHandler: Handler {
    package init() {}

    package func requestRows(for input: AddAmount, in rows: inout CounterRows) { rows.request(input.counter) }

    package func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        let (total, isOverflow) = rows.total(of: input.counter).addingReportingOverflow(input.amount)
        guard !isOverflow, total >= 0 else {
            throw PlatformRule.amountOutOfRange.refusal()
                .comparing("total", rows.total(of: input.counter), .count).comparing("amount", input.amount, .count)
        }
        rows.set(input.counter, to: total)
        try output.publish(AmountAdded(counter: input.counter, amount: input.amount, total: total), key: input.counter)
        try output.answer(total)
    }
}

/// The service's handlers and its table.
package enum CounterService {
    package static let registry = HandlerRegistry(service: "counter", rows: CounterRows.self, commandsFrom: ["asker"]) {
        Handles(AddAmountHandler())
    }
    package static let table = "create table counter (name text primary key, total bigint not null check (total >= 0))"
}
