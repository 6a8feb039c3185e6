import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import Operations
import Postgres
import TestKit
import Testing
import Toys

/// A counter whose audit trail is sealed, and an asker that keeps its heads.
private struct SealedCounter {
    let stage: MessagingFixture
    let counter: RunningService<CounterRows>
    let link: OperatorLink

    /// Runs `body` with a trail of 20 sealed rows whose head is published.
    static func with(_ body: (SealedCounter) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            var options = MessagingOptions.embeddedBroker
            options.auditHeadInterval = .milliseconds(50)
            let counter = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table), options: options)
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            for number in 1...20 {
                _ = try await asker.runtime.requests.accept(AddAmount(counter: "a", amount: 1), key: "a", from: .test("k\(number)"))
            }
            try await eventually("all rows are sealed") {
                try await counter.number("select coalesce(sum(cardinality(audit_ids)), 0)::bigint from audit_seal") >= 20
            }
            try await eventually("they are settled") {
                try await counter.number("select settled_id from audit_sealer") >= 20
            }
            let last = try await counter.number("select max(number) from audit_seal")
            try await eventually("the asker has stored the last head") {
                try await asker.number("select coalesce(max(number), 0) from audit_head where source = 'counter'") == last
            }
            let link = try await OperatorLink(source: "quan", kafka: stage.kafka, logger: stage.logger)
            do {
                try await body(SealedCounter(stage: stage, counter: counter, link: link))
            } catch {
                await link.close()
                throw error
            }
            await link.close()
        }
    }

    func verify() async throws -> VerifyAudit.Answer {
        let outcome = try await link.ask(VerifyAudit(), of: "counter", key: "audit", within: .seconds(30))
        return try MessageBody.decode(VerifyAudit.Answer.self, from: Array((outcome.result ?? "").utf8))
    }

    func script(_ sql: String) async throws { try await counter.pool.withConnection { try await $0.script(sql) } }
}

@Suite("The audit trail's seals")
struct AuditSealTests {
    @Test("an unmodified trail is valid, and every row is sealed once")
    func whole() async throws {
        try await SealedCounter.with { sealed in
            let answer = try await sealed.verify()
            #expect(answer.firstBreak == nil)
            #expect(answer.rows >= 20)
            #expect(answer.isEnd)
            #expect(answer.seals.map(\.number) == (1...Int64(answer.seals.count)).map { $0 })
        }
    }

    @Test(
        "a changed, deleted or inserted row is reported with its id",
        arguments: [
            ("update audit set outcome = 'refused' where id = 7", VerifyAudit.Break.Kind.rowChanged, Int64(7)),
            ("update audit set decided_at = decided_at + interval '1 microsecond' where id = 9", .rowChanged, 9),
            ("delete from audit where id = 3", .rowMissing, 3),
            (
                """
                insert into audit (id, message_id, type, key, source, outcome, decided_at) overriding system value
                values (0, gen_random_uuid(), 'counter.add-amount.v1', 'a', 'asker', 'done', now())
                """, .rowInserted, 0
            ),
        ])
    func touched(sql: String, kind: VerifyAudit.Break.Kind, row: Int64) async throws {
        try await SealedCounter.with { sealed in
            try await sealed.script(sql)
            let found = try await sealed.verify().firstBreak
            #expect(found?.kind == kind)
            #expect(found?.auditID == row)
        }
    }

    @Test("a chain is verified to its end, however small the slices are")
    func slices() async throws {
        try await SealedCounter.with { sealed in
            let whole = try await sealed.verify().seals
            let most = "select coalesce(max(number), 0) from audit_seal"
            for _ in 1...5 {
                let before = try await sealed.counter.number(most)
                try await sealed.script(Self.row("more"))
                try await eventually("one more seal") { try await sealed.counter.number(most) > before }
            }
            let last = try await sealed.counter.number(most)
            var after: Int64 = 0
            var seen: [Int64] = []
            while true {
                let outcome = try await sealed.link.ask(
                    VerifyAudit(after: after, sealsAtMost: 2), of: "counter", key: "audit", within: .seconds(30))
                let answer = try MessageBody.decode(VerifyAudit.Answer.self, from: Array((outcome.result ?? "").utf8))
                seen += answer.seals.map(\.number)
                guard let end = answer.seals.last, !answer.isEnd, answer.firstBreak == nil else { break }
                after = end.number
            }
            #expect(seen.count >= whole.count)
            #expect(seen.last ?? 0 >= last)
            #expect(seen == (1...Int64(seen.count)).map { $0 })
        }
    }

    @Test("a row that is committed long after later rows were sealed is sealed too, and the chain stays valid")
    func late() async throws {
        try await SealedCounter.with { sealed in
            let counter = sealed.counter
            try await counter.pool.withTransaction("late") { connection in
                try await connection.script(Self.row("late"))
                let late = try await connection.query(Self.lateID).first?.decode(column: 0, as: Int64.self) ?? 0
                try await sealed.script(Self.row("early"))
                try await eventually("the sealer has passed the uncommitted row") {
                    try await counter.number("select candidate_id from audit_sealer") > late
                }
            }
            try await eventually("every row is sealed and settled") {
                try await counter.number(
                    """
                    select (settled_id >= (select max(id) from audit)
                            and (select count(*) from audit) = (select sum(cardinality(audit_ids)) from audit_seal))::int::bigint
                    from audit_sealer
                    """) == 1
            }
            let answer = try await sealed.verify()
            #expect(answer.firstBreak == nil)
        }
    }

    private static let lateID = PostgresStatement("test.late-id", "select max(id) from audit where key = 'late'")

    private static func row(_ key: String) -> String {
        """
        insert into audit (message_id, type, key, source, outcome, decided_at)
        values (gen_random_uuid(), 'counter.add-amount.v1', '\(key)', 'asker', 'done', now())
        """
    }

    @Test("a seal with a changed hash is reported as broken, and a deleted seal as missing")
    func chain() async throws {
        try await SealedCounter.with { sealed in
            try await sealed.script("update audit_seal set hash = sha256('x') where number = 1")
            let found = try await sealed.verify().firstBreak
            #expect(found == VerifyAudit.Break(kind: .sealBroken, seal: 1, auditID: nil))
            try await sealed.script("update audit_seal set number = number + 1000 where number = 1")
            #expect(try await sealed.verify().firstBreak == VerifyAudit.Break(kind: .sealMissing, seal: 1, auditID: nil))
        }
    }

    @Test("a truncated trail no longer has the head that another service stores")
    func cutShort() async throws {
        try await SealedCounter.with { sealed in
            let outcome = try await sealed.link.ask(ListAuditHeads(service: "counter"), of: "asker", key: "audit", within: .seconds(30))
            let heads = try MessageBody.decode(ListAuditHeads.Answer.self, from: Array((outcome.result ?? "").utf8)).heads
            let head = try #require(heads.last)
            #expect(try await sealed.verify().seals.contains(head))
            // The whole trail is deleted.
            try await sealed.script("delete from audit; delete from audit_seal")
            #expect(try await !sealed.verify().seals.contains(head))
        }
    }
}

@Suite("The operator's link")
struct OperatorLinkTests {
    @Test("a parked message is listed, and shown with its headers and body but without its token")
    func parked() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            _ = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            let headers = [KafkaHeader("ce_token", "secret"), KafkaHeader("ce_note", "券")]
            let record = KafkaProducerRecord(
                topic: "counter.events", partition: 0, key: Array("k".utf8), value: Array("not an event".utf8), headers: headers)
            for result in await producer.send([record]) { _ = try result.get() }
            await producer.close(deadline: .seconds(5))
            let link = try await OperatorLink(source: "quan", kafka: stage.kafka, logger: stage.logger)
            var rows: [ListParked.Row] = []
            try await eventually("it is listed") {
                let outcome = try await link.ask(ListParked(), of: "asker", key: "parked", within: .seconds(30))
                rows = try MessageBody.decode(ListParked.Answer.self, from: Array((outcome.result ?? "").utf8)).rows
                return !rows.isEmpty
            }
            let row = try #require(rows.first)
            #expect(row.topic == "counter.events" && row.key == "k" && row.isHead)
            let shown = try await link.ask(ShowParked(parkedID: row.parkedID), of: "asker", key: "parked", within: .seconds(30))
            let answer = try MessageBody.decode(ShowParked.Answer.self, from: Array((shown.result ?? "").utf8))
            #expect(answer.row == row && answer.body == "not an event" && answer.bodyBytes == 12)
            #expect(answer.headers == ["ce_note": "券"])
            let missing = try await link.ask(ShowParked(parkedID: 999), of: "asker", key: "parked", within: .seconds(30))
            #expect(missing.refusal?.clauses == ["QUAN-07"])
            await link.close()
        }
    }

    @Test("asking a service that is not running throws NoAnswer at the deadline")
    func nobody() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let link = try await OperatorLink(source: "quan", kafka: stage.kafka, logger: stage.logger)
            await #expect(throws: OperatorLink.NoAnswer.self) {
                try await link.ask(ListParked(), of: "counter", key: "parked", within: .milliseconds(300))
            }
            await link.close()
        }
    }
}
