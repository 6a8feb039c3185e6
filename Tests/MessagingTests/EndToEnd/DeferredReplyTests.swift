import Foundation
import Kernel
import Messages
import Postgres
import Synchronization
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Deferred replies")
struct DeferredReplyTests {
    private static func caller(_ key: String) -> Requests.Caller {
        Requests.Caller(
            organisation: "o", operation: "add-later", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)), receivedAt: Date())
    }

    @Test("a deferred command is answered once, by the later transaction, with its result, its audit row and its effect")
    func answered() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(
                DeferringCounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let requests = asker.runtime.requests
            let (id, reply) = try await requests.ask(
                AddAmountLater(counter: "a", amount: 5), key: "a", from: Self.caller("1"), within: .seconds(30))
            #expect(reply?.outcome?.refusal == nil && reply?.outcome?.result == "5")
            #expect(reply?.outcome?.eventCount == 1)
            // Read-your-writes: the event names the command as its cause.
            try await requests.waitUntilApplied(organisation: "o", within: .seconds(30))
            #expect(try await asker.number("select count(*) from seen where total = 5") == 1)
            #expect(try await counter.number("select count(*) from audit where message_id = '\(id)' and outcome = 'done'") == 1)
            #expect(try await counter.number("select count(*) from inbox_deferred_reply") == 0)
            #expect(try await counter.number("select count(*) from inbox_command where id = '\(id)' and outcome is not null") == 1)
        }
    }

    @Test("a deferred command may be refused by the later transaction, or at once")
    func refused() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(
                DeferringCounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            for (key, amount) in [("later", Int64(-1)), ("at once", 0)] {
                let (id, reply) = try await asker.runtime.requests.ask(
                    AddAmountLater(counter: "a", amount: amount), key: "a", from: Self.caller(key), within: .seconds(30))
                #expect(reply?.outcome?.refusal?.clauses == PlatformRule.amountOutOfRange.refusal().clauses, "\(key)")
                #expect(try await counter.number("select count(*) from audit where message_id = '\(id)' and outcome = 'refused'") == 1)
            }
            #expect(try await counter.number("select count(*) from inbox_deferred_reply") == 0)
        }
    }

    @Test("a duplicate of a deferred command is dropped, and after the answer it is answered again")
    func duplicates() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let registry = HandlerRegistry(service: "counter", rows: CounterRows.self) {
                Handles(AddAmountHandler())
                Handles(HeldHandler())
            }
            let counter = try stage.start(registry, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let id = UUID()
                func send() async throws {
                    try await wire.send(
                        key: "k", value: try MessageBody.encode(AddAmountLater(counter: "k", amount: 1)),
                        headers: Records.commandHeaders(AddAmountLater.type.description, id: id))
                }
                try await send()
                try await send()
                try await eventually("it is deferred") { try await counter.number("select count(*) from inbox_deferred_reply") == 1 }
                // A command behind both shows that the duplicate has been processed.
                #expect(try await wire.answer(to: try await wire.add("k")).refusal == nil)
                #expect(wire.answers(to: id).isEmpty)

                try await counter.runtime.publisher.transaction("test.reply", at: Date()) { _, output in
                    try output.reply(to: id, result: "done")
                }
                #expect(try await wire.answer(to: id).result == "\"done\"")
                try await send()
                try await eventually("it is answered again") { wire.answers(to: id).count == 2 }
                #expect(try await counter.number("select count(*) from audit where message_id = '\(id)'") == 1)
            }
        }
    }

    @Test(
        "a command that another instance has deferred and answered meanwhile is not handled again: the batch is retried and repeats the answer"
    )
    func handledMeanwhile() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let registry = HandlerRegistry(service: "counter", rows: CounterRows.self) { Handles(HeldHandler()) }
            let id = UUID()
            let hasInterfered = Atomic(false)
            let outcome = try MessageBody.encode(
                Outcome(commandID: id, commandType: AddAmountLater.type.description, result: "\"by the other\""))
            // The duplicates are known to this batch, and then the other instance commits both of its transactions.
            let counter = try stage.start(registry, on: pool) { point in
                guard point == .decided, !hasInterfered.exchange(true, ordering: .relaxed) else { return }
                _ = try await pool.withConnection { connection in
                    try await connection.execute(
                        PostgresStatement("test.answered", "insert into inbox_command (id, outcome) values ($1, $2)"), id, outcome)
                }
            }
            try await Wire.with(stage) { wire in
                try await wire.send(
                    key: "k", value: try MessageBody.encode(AddAmountLater(counter: "k", amount: 1)),
                    headers: Records.commandHeaders(AddAmountLater.type.description, id: id))
                #expect(try await wire.answer(to: id).result == "\"by the other\"")
                #expect(try await counter.number("select count(*) from inbox_deferred_reply") == 0)
                #expect(try await counter.number("select count(*) from parked") == 0)
            }
        }
    }

    @Test("retention keeps a command whose answer is deferred, however old it is")
    func retained() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            _ = try await pool.withConnection { connection in
                try await connection.script(
                    """
                    insert into inbox_command (id, outcome, recorded_at)
                    select gen_random_uuid(), case n when 1 then 'x'::bytea end, now() - interval '400 days' from generate_series(1, 2) n
                    """)
            }
            let housekeeping = Housekeeping(
                pool: pool, options: MessagingOptions(), counters: MessagingMetrics(service: "counter"), logger: stage.logger)
            try await housekeeping.round()
            let left = PostgresStatement("test.left", "select count(*) filter (where outcome is null), count(*) from inbox_command")
            let counts = try await pool.withConnection { try await $0.query(left).decode(Int64.self, Int64.self) }
            #expect(counts.first?.0 == 1 && counts.first?.1 == 1)
        }
    }

    @Test("an answer to a command that is not deferred, or answered already, is an error and leaves nothing behind")
    func notDeferred() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let id = UUID()
            await #expect(throws: ReplyNotDeferred(command: id)) {
                try await counter.runtime.publisher.transaction("test.reply", at: Date()) { _, output in
                    try output.send(AddAmount(counter: "a", amount: 1), key: "a")
                    try output.reply(to: id, result: 1)
                }
            }
            #expect(try await counter.number("select count(*) from outbox where type like 'counter.%'") == 0)
        }
    }
}

/// Defers every command and sends nothing.
private struct HeldHandler: Handler {
    func requestRows(for input: AddAmountLater, in rows: inout CounterRows) {}

    func handle(_ input: AddAmountLater, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        output.deferReply()
    }
}
