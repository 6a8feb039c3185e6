import Messages
package import Messaging
package import Postgres

/// A service that sends commands to the counter and subscribes to its events: it stores the totals as a list, in the order of arrival.
package enum AskerService {
    /// The service's name.
    package static let name = "asker"
    /// Its handlers: it reads the counter's events and the answers of its commands.
    package static let registry = HandlerRegistry(service: name, rows: SeenRows.self, asks: ["counter"]) {
        Subscribes(AmountAddedHandler())
    }
    /// The table does not prevent duplicates or wrong order: the messaging layer must do so, and the tests check it.
    package static let table = """
        create table seen (id bigint generated always as identity, counter text not null, amount bigint not null, total bigint not null)
        """
}

/// The rows that a batch of events adds to the list.
package struct SeenRows: UnitOfWork {
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

/// Stores an event.
package struct AmountAddedHandler: Handler {
    package init() {}

    package func requestRows(for input: AmountAdded, in rows: inout SeenRows) {}

    package func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, output: inout HandlerOutput) throws {
        rows.add(input)
    }
}
