import Kafka
import Messages
import Postgres
import Synchronization
import TestKit
import Toys

@testable import Messaging

/// Handler registries of the toy services with a test's hook before each handler.
enum HookedServices {
    typealias Hook = @Sendable (AmountAdded) throws -> Void

    static func registry(_ hook: @escaping Hook = { _ in }) -> HandlerRegistry<SeenRows> {
        HandlerRegistry(service: "asker", rows: SeenRows.self, asks: ["counter"]) { Subscribes(HookedHandler(hook: hook)) }
    }

    /// The counter, with a hook before its handler.
    static func counter(_ hook: @escaping @Sendable (AddAmount) throws -> Void) -> HandlerRegistry<CounterRows> {
        HandlerRegistry(service: "counter", rows: CounterRows.self, commandsFrom: ["asker"]) { Handles(HookedCounter(hook: hook)) }
    }

    private struct HookedCounter: Handler {
        let hook: @Sendable (AddAmount) throws -> Void

        func requestRows(for input: AddAmount, in rows: inout CounterRows) { AddAmountHandler().requestRows(for: input, in: &rows) }

        func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
            try hook(input)
            try AddAmountHandler().handle(input, context: context, rows: &rows, output: &output)
        }
    }

    /// The asker with a handler that accepts bodies with missing fields, as a fixed version of the program might.
    static let lenientRegistry = HandlerRegistry(service: "asker", rows: SeenRows.self, asks: ["counter"]) { Subscribes(LenientHandler()) }

    private struct HookedHandler: Handler {
        let hook: Hook

        func requestRows(for input: AmountAdded, in rows: inout SeenRows) {}

        func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, output: inout HandlerOutput) throws {
            try hook(input)
            rows.add(input)
        }
    }

    private struct LenientAdded: Event {
        static let type = AmountAdded.type
        let counter: String
        let amount: Int64?
        let total: Int64
    }

    private struct LenientHandler: Handler {
        func requestRows(for input: LenientAdded, in rows: inout SeenRows) {}

        func handle(_ input: LenientAdded, context: HandlingContext, rows: inout SeenRows, output: inout HandlerOutput) throws {
            rows.add(try added(input.counter, amount: input.amount ?? 0, total: input.total))
        }
    }

    /// An event as the counter publishes it.
    static func added(_ counter: String, amount: Int64 = 1, total: Int64) throws -> AmountAdded {
        try MessageBody.decode(
            AmountAdded.self, from: Array(#"{"counter":"\#(counter)","amount":\#(amount),"total":\#(total)}"#.utf8))
    }

    /// The record of an event with this version and sequence number, in the shard of its key.
    static func record(
        _ counter: String, _ version: Int64, sequence: Int64, body: [UInt8]? = nil, change: ([KafkaHeader]) -> [KafkaHeader] = { $0 }
    ) throws -> KafkaProducerRecord {
        let headers = Records.eventHeaders(version: version, shard: Shard.of(counter), sequence: sequence)
        return Wire.record(
            to: "counter.events", key: Array(counter.utf8), value: try body ?? MessageBody.encode(try added(counter, total: version)),
            headers: change(headers))
    }
}

/// A flag that a test changes while services run.
final class Switch: Sendable {
    private let state: Mutex<Bool>

    init(_ isOn: Bool) { state = Mutex(isOn) }

    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Waits while it is on. Throws `CancellationError` when the task is cancelled meanwhile.
    func waitWhileOn() async throws { while isOn { try await Task.sleep(for: .milliseconds(5)) } }
}

extension RunningService {
    /// The totals of a counter that were seen, in the order of their rows.
    func seen(_ counter: String) async throws -> [Int64] {
        try await pool.withConnection { connection in
            try await connection.query(Statements.seen, counter).map { try $0.decode(column: 0, as: Int64.self) }
        }
    }

    /// Reason, explanation and whether it is the head, of each parked row in order.
    func parked() async throws -> [ParkedRow] {
        try await pool.withConnection { connection in
            try await connection.query(Statements.parked)
                .decode(Int64.self, String.self, String.self, Bool.self, Int32.self, String.self)
                .map { ParkedRow(id: $0.0, reason: $0.1, explanation: $0.2, isHead: $0.3, attempts: $0.4, headers: $0.5) }
        }
    }

    /// Whether the outbox is published.
    func hasPublishedAll() async throws -> Bool { try await number("select count(*) from outbox_waiting") == 0 }

    /// Whether no message is held, parked or missing, and the outbox is published.
    func isQuiet() async throws -> Bool {
        try await number(
            """
            select (select count(*) from parked_key) + (select count(*) from inbox_held) + (select count(*) from outbox_waiting)
                 + (select count(*) from inbox_watermark where behind_since is not null)
            """) == 0
    }
}

struct ParkedRow: Sendable, Hashable {
    let id: Int64
    let reason: String
    let explanation: String
    let isHead: Bool
    let attempts: Int32
    let headers: String
}

private enum Statements {
    static let seen = PostgresStatement("test.seen", "select total from seen where counter = $1 order by id")
    static let parked = PostgresStatement(
        "test.parked", "select id, reason, explanation, is_head, attempts, headers::text from parked order by id")
}
