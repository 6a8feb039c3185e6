import Messages
package import Messaging
package import Postgres

/// A service that asks the counter and follows what it tells: it keeps the running totals as a list, in the order they came.
package enum AskerService {
    /// The service's name.
    package static let name = "asker"
    /// What it takes: the counter's events and answers.
    package static let contents = Contents(service: name, rows: SeenRows.self, asks: ["counter"]) {
        Follows(AmountAddedHandler())
    }
    /// Nothing in this table keeps a double or a swap out: that is for the messaging layer to do, and for the test to see.
    package static let table = """
        create table seen (id bigint generated always as identity, counter text not null, amount bigint not null, total bigint not null)
        """
}

/// What a batch of events adds to the list.
package struct SeenRows: WorkingRows {
    private var seen: [AmountAdded] = []

    package init() {}

    private static let write = PostgresStatement(
        "seen.write",
        "insert into seen (counter, amount, total) select * from unnest($1::text[], $2::bigint[], $3::bigint[])")

    /// Adds to the list.
    package mutating func add(_ event: AmountAdded) { seen.append(event) }

    package mutating func load(_ connection: PostgresConnection) async throws {}

    package func writes() -> [PostgresStep] {
        seen.isEmpty ? [] : [PostgresStep(Self.write, seen.map(\.counter), seen.map(\.amount), seen.map(\.total))]
    }
}

/// Notes an event down.
package struct AmountAddedHandler: Handler {
    package init() {}

    package func wants(_ input: AmountAdded, in rows: inout SeenRows) {}

    package func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, say: inout Said) throws { rows.add(input) }
}
