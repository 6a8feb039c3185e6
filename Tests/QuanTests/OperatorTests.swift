import Foundation
import Kafka
import Logging
import Postgres
import Synchronization
import TestKit
import Testing

@testable import Operations

/// Redrive, discard and republish by an operator on a running installation.
@Suite("Operator's commands on a running installation", .serialized)
struct OperatorTests {
    @Test("a parked message is listed, shown and redriven or discarded; the messages behind it are handled once and in order")
    func parked() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let participants = try await TestParticipants(installation)
            try await redriving(installation, participants)
            try await discarding(installation, participants)
            let audit = try await installation.quan("audit", "verify")
            #expect(audit.status == 0 && !audit.output.contains("BROKEN"), "\(audit.output) \(audit.errors)")
            try await republishing(installation, participants)
        }
    }

    /// A trigger rejects the rows of one product: the event is parked, a later one behind it, and both are applied after the trigger is
    /// dropped.
    private func redriving(_ installation: TestInstallation, _ participants: TestParticipants) async throws {
        let product = participants.product
        let ordering = try installation.database("ordering")
        try await eventually("ordering has the product") {
            try await ordering.number("select stock_vouchers from product_copy where product_id = '\(product)'") == 10
        }
        try await ordering.run(
            """
            create function refuse() returns trigger language plpgsql as $$ begin
                if new.product_id = '\(product)' then raise exception 'not now'; end if; return new; end $$;
            create trigger refuse before insert or update on product_copy for each row execute function refuse();
            """)
        try await participants.stock(11)
        let row = try await installation.parkedRow("ordering", on: "catalogue.events", under: product)
        try await participants.stock(12)
        try await eventually("the second event is parked behind the first") {
            try await installation.quan("parked", "list", "ordering").output.contains("behind catalogue.events key \(product)")
        }
        #expect(try await installation.quan("status").status == 1)

        let shown = try await installation.quan("parked", "show", "ordering", row)
        #expect(shown.status == 0, "\(shown.errors)")
        for fact in [
            "ordering \(row) blocks its key; 1 message is parked behind it", "reason: handler-failed: ", "SQLSTATE P0001",
            "topic: catalogue.events partition ", "key: \(product)", "parked: ", "ce_type: catalogue.product-changed.v1", "ce_id: ",
            "ce_source: catalogue", "ce_keyversion: 2", #""stockVouchers":11"#, "quan parked redrive ordering \(row)",
            "quan parked discard ordering \(row) --operator",
        ] {
            #expect(shown.output.contains(fact), "\(fact) is not in: \(shown.output)")
        }

        let early = try await installation.quan("parked", "redrive", "ordering", row)
        #expect(early.status == 1 && early.output.hasPrefix("0 messages handled; stopped at \(row): "), "\(early.output) \(early.errors)")
        #expect(try await installation.quan("parked", "show", "ordering", row).output.contains("attempts: 2"))
        try await ordering.run("drop trigger refuse on product_copy")
        let redriven = try await installation.quan("parked", "redrive", "ordering", row)
        #expect(redriven.status == 0 && redriven.output == "2 messages handled\n", "\(redriven.output) \(redriven.errors)")
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(product)'") == 12)
        #expect(try await installation.quan("parked", "list").output == "no message is parked\n")
        await ordering.close()
    }

    /// A record that is not a message arrives with the key of a product, and another with the key of an order.
    private func discarding(_ installation: TestInstallation, _ participants: TestParticipants) async throws {
        let ordering = try installation.database("ordering")
        try await installation.send("no message at all", to: "catalogue.events", key: participants.product)
        let row = try await installation.parkedRow("ordering", on: "catalogue.events", under: participants.product)
        try await participants.stock(13)
        try await eventually("the later event is parked behind it") {
            try await installation.quan("parked", "show", "ordering", row).output.contains("1 message is parked behind it")
        }
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(participants.product)'") == 12)
        let missing = try await installation.quan("parked", "show", "ordering", "999999")
        #expect(missing.status != 0 && missing.errors.contains("999999"), "\(missing.errors)")
        // An unreadable record stays unreadable.
        #expect(try await installation.quan("parked", "redrive", "ordering", row).status == 1)
        try await discard(row, of: "ordering", installation, handling: "1 message handled")
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(participants.product)'") == 13)

        // The same with the key of an order: an institution's pending operation gets its outcome, and the order continues.
        let order = try await participants.place()
        try await participants.institution.wait(for: order, toBe: "placed")
        try await installation.send("no message at all", to: "ordering.commands", key: order)
        let other = try await installation.parkedRow("ordering", on: "ordering.commands", under: order)
        let accepting = try await participants.institution.submit("/orders/\(order)/accept")
        try await eventually("the command is parked behind it") {
            try await installation.quan("parked", "list", "ordering").output.contains("behind ordering.commands key \(order)")
        }
        try await eventually("the operation is reported as parked") {
            try await participants.institution.state(of: accepting) == "set-aside"
        }
        try await discard(other, of: "ordering", installation, handling: "1 message handled")
        try await eventually("the operation is answered") { try await participants.institution.state(of: accepting) != "set-aside" }
        if try await participants.institution.state(of: accepting) != "done" {
            #expect(try await participants.institution.post("/orders/\(order)/accept").answer.isDone)
        }
        try await participants.institution.wait(for: order, toBe: "accepted")

        #expect(
            try await ordering.number(
                """
                select count(*) from audit where outcome = 'discarded' and detail ->> 'operatorName' = 'li.na'
                    and detail ->> 'reason' = 'sent by a test'
                """) == 2)
        // Every service that reads the topic has parked the record.
        for service in PlatformService.all.map(\.name) {
            let listed = try await installation.quan("parked", "list", service).output
            for line in listed.split(separator: "\n") where line.contains(" head ") {
                let number = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                try await discard(number, of: service, installation, handling: " handled")
            }
        }
        #expect(try await installation.quan("parked", "list").output == "no message is parked\n")
        #expect(try await installation.quan("status").status == 0)
        await ordering.close()
    }

    private func discard(_ row: String, of service: String, _ installation: TestInstallation, handling handled: String) async throws {
        let done = try await installation.quan(
            "parked", "discard", service, row, "--operator", "li.na", "--reason", "sent by a test")
        #expect(
            done.status == 0 && done.output.hasPrefix("\(service) \(row) discarded; ") && done.output.contains(handled),
            "\(done.output) \(done.errors)")
    }

    /// A topic is republished from its start: every record arrives again and has no effect.
    private func republishing(_ installation: TestInstallation, _ participants: TestParticipants) async throws {
        let readers = try ["portal", "redemption", "payout", "timer", "catalogue", "identity", "ordering"].map {
            try installation.database($0)
        }
        func published() async throws -> [Int64] {
            var counts: [Int64] = []
            for reader in readers { counts.append(try await reader.number("select count(*) from outbox where type not like 'platform.%'")) }
            return counts
        }
        let events = try await readers[6].number("select count(*) from outbox where topic = 'ordering.events' and type like 'ordering.%'")
        let before = (
            try await published(), try await participants.enterprise.get("/orders"), try await installation.quan("ledger", "check").output
        )
        let tail = try KafkaConsumer(
            KafkaConfiguration(bootstrapServers: installation.record.kafkaBootstrapServers, clientID: "test"),
            options: KafkaConsumerOptions(mode: .tail, topics: ["ordering.events"]), logger: Logger(label: "test"))
        try await tail.start()
        let republished = try await installation.quan("outbox", "republish", "ordering", "ordering.events")
        #expect(
            republished.status == 0 && republished.output.hasPrefix("ordering republishes ordering.events from number 1 in each"),
            "\(republished.output) \(republished.errors)")
        let received = Mutex<Int64>(0)
        let counting = Task {
            while let batch = try await tail.next(worker: 0, upTo: 100) {
                let types = batch.records.map {
                    $0.headers.first { $0.name == "ce_type" }?.value.map { String(decoding: $0, as: UTF8.self) }
                }
                received.withLock { $0 += Int64(types.count { $0?.hasPrefix("ordering.") == true }) }
                await tail.complete(batch)
            }
        }
        try await eventually("all records are received again") { received.withLock { $0 } >= events }
        counting.cancel()
        await tail.close(deadline: .seconds(5))
        #expect(events > 0)
        // The clock is advanced only at quiescence.
        let settled = try await installation.quan("clock", "advance", "--to", "2026-04-01T01:00:00Z", "--within", "60")
        #expect(settled.status == 0, "\(settled.errors)")
        #expect(try await published() == before.0)
        #expect(NSDictionary(dictionary: try await participants.enterprise.get("/orders")) == NSDictionary(dictionary: before.1))
        #expect(try await installation.quan("ledger", "check").output == before.2)
        for reader in readers { await reader.close() }
        let wrong = try await installation.quan("outbox", "republish", "ordering", "catalogue.events")
        #expect(wrong.status != 0 && wrong.errors.contains("does not publish on that topic"), "\(wrong.errors)")
    }

    @Test("migrate reports the applied migrations of each service, and refuses to run on a running installation")
    func migrating() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-migrate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try await Command.run(Command.quan, ["migrate", "--state", folder])
        #expect(first.status == 0, "\(first.errors)")
        for service in PlatformService.all {
            #expect(first.output.contains(try Regex("\(service.name): [0-9]+ migrations? applied\n")), "\(first.output)")
        }
        let second = try await Command.run(Command.quan, ["migrate", "--state", folder])
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output == PlatformService.all.map { "\($0.name): up to date\n" }.joined())
        try await TestInstallation.with([]) { installation in
            let third = try await installation.quan("migrate")
            #expect(
                third.status != 0 && third.errors.contains("another `quan up` runs on \(installation.folder)"),
                "\(third.output) \(third.errors)")
        }
    }
}

/// A service's database, opened as an administrator.
struct TestDatabase {
    let pool: PostgresPool

    func run(_ sql: String) async throws { try await pool.withConnection { try await $0.script(sql) } }

    func number(_ sql: String) async throws -> Int64 {
        try await pool.withConnection { try await $0.query(PostgresStatement("test.\(sql.hashValue)", sql)).decode(Int64.self).first ?? 0 }
    }

    func close() async { await pool.close(deadline: .seconds(5)) }
}

extension TestInstallation {
    func database(_ name: String) throws -> TestDatabase {
        var configuration = PostgresConfiguration(
            host: record.databaseHost, port: record.databasePort, database: name, user: "postgres",
            password: try String(contentsOfFile: folder + "/secrets/postgres", encoding: .utf8))
        configuration.maximumConnections = 1
        return TestDatabase(pool: PostgresPool(configuration, logger: Logger(label: "test")))
    }

    /// Sends a record that has no envelope.
    func send(_ text: String, to topic: String, key: String) async throws {
        let producer = try KafkaProducer(
            KafkaConfiguration(bootstrapServers: record.kafkaBootstrapServers, clientID: "test"), logger: Logger(label: "test"))
        let results = await producer.send([KafkaProducerRecord(topic: topic, key: Array(key.utf8), value: Array(text.utf8))])
        await producer.close(deadline: .seconds(10))
        for result in results { _ = try result.get() }
    }

    /// The number of the first parked message of a key.
    func parkedRow(_ service: String, on topic: String, under key: String) async throws -> String {
        var row: String?
        try await eventually("\(service) parks a message of \(key)") {
            let listed = try await quan("parked", "list", service)
            let line = listed.output.split(separator: "\n").first { $0.contains("head \(topic) key \(key) ") }
            row = line?.split(separator: " ").dropFirst().first.map(String.init)
            return row != nil
        }
        return try #require(row)
    }
}

extension TestParticipants {
    /// Sets the product's number of vouchers.
    func stock(_ vouchers: Int) async throws {
        let changed = try await officer.post(
            "/products/\(product)/changes", #"{"change":"set-product-stock","stockVouchers":\#(vouchers)}"#)
        #expect(changed.answer.isDone, "\(changed.answer)")
    }
}

extension Caller {
    /// Posts a request without waiting for its outcome. Returns the operation's id.
    func submit(_ path: String, _ body: String = "") async throws -> String {
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(UUID().uuidString)"]
        let port = installation.record.services.first { $0.name == "portal" }?.httpPort ?? 0
        let reply = try await ServiceHTTP.post(port: port, "/api/v1" + path, headers: headers, body: body, within: .seconds(30))
        #expect(reply.status == 202, "\(String(decoding: reply.body, as: UTF8.self))")
        let json = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
        return try #require(((json["operation"] as? [String: Any])?["id"] ?? json["operation"]) as? String)
    }

    /// The state of an operation.
    func state(of operation: String) async throws -> String {
        try #require((try await get("/operations/\(operation)")["operation"] as? [String: Any])?["state"] as? String)
    }
}
