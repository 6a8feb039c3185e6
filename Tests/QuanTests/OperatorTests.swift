import Foundation
import Kafka
import Logging
import Postgres
import Synchronization
import TestKit
import Testing

@testable import quan

/// What an operator does with a running installation when something was set aside or is missed.
@Suite("An operator at a running installation", .serialized)
struct OperatorTests {
    @Test("what ordering sets aside is listed, shown and redriven or discarded; what waits behind it is done in its order, and once")
    func parked() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let players = try await Players(installation)
            try await redriving(installation, players)
            try await discarding(installation, players)
            let audit = try await installation.quan("audit", "verify")
            #expect(audit.status == 0 && !audit.output.contains("BROKEN"), "\(audit.output) \(audit.errors)")
            try await republishing(installation, players)
        }
    }

    /// A table refuses what is told of one product: the event is set aside, a later one waits behind it, and both are taken when the table is mended.
    private func redriving(_ installation: TestInstallation, _ players: Players) async throws {
        let product = players.product
        let ordering = try installation.database("ordering")
        try await eventually("ordering knows the product") {
            try await ordering.number("select stock_vouchers from product_copy where product_id = '\(product)'") == 10
        }
        try await ordering.run(
            """
            create function refuse() returns trigger language plpgsql as $$ begin
                if new.product_id = '\(product)' then raise exception 'not now'; end if; return new; end $$;
            create trigger refuse before insert or update on product_copy for each row execute function refuse();
            """)
        try await players.stock(11)
        let row = try await installation.parkedRow("ordering", on: "catalogue.events", under: product)
        try await players.stock(12)
        try await eventually("the second waits behind the first") {
            try await installation.quan("parked", "list", "ordering").output.contains("behind catalogue.events key \(product)")
        }
        #expect(try await installation.quan("status").status == 1)

        let shown = try await installation.quan("parked", "show", "ordering", row)
        #expect(shown.status == 0, "\(shown.errors)")
        for fact in [
            "ordering \(row) holds its key up; 1 message waits behind it", "reason: handler-failed: ", "SQLSTATE P0001",
            "topic: catalogue.events partition ", "key: \(product)", "set aside: ", "ce_type: catalogue.product-changed.v1", "ce_id: ",
            "ce_source: catalogue", "ce_keyversion: 2", #""stockVouchers":11"#, "quan parked redrive ordering \(row)",
            "quan parked discard ordering \(row) --operator",
        ] {
            #expect(shown.output.contains(fact), "\(fact) is not in: \(shown.output)")
        }

        let early = try await installation.quan("parked", "redrive", "ordering", row)
        #expect(early.status == 1 && early.output.hasPrefix("0 messages taken; stopped at \(row): "), "\(early.output) \(early.errors)")
        #expect(try await installation.quan("parked", "show", "ordering", row).output.contains("tried 2"))
        try await ordering.run("drop trigger refuse on product_copy")
        let redriven = try await installation.quan("parked", "redrive", "ordering", row)
        #expect(redriven.status == 0 && redriven.output == "2 messages taken\n", "\(redriven.output) \(redriven.errors)")
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(product)'") == 12)
        #expect(try await installation.quan("parked", "list").output == "nothing is set aside\n")
        await ordering.close()
    }

    /// Something that is no message comes under the key of a product, and under that of an order.
    private func discarding(_ installation: TestInstallation, _ players: Players) async throws {
        let ordering = try installation.database("ordering")
        try await installation.send("no message at all", to: "catalogue.events", key: players.product)
        let row = try await installation.parkedRow("ordering", on: "catalogue.events", under: players.product)
        try await players.stock(13)
        try await eventually("what comes later waits behind it") {
            try await installation.quan("parked", "show", "ordering", row).output.contains("1 message waits behind it")
        }
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(players.product)'") == 12)
        let nobody = try await installation.quan("parked", "show", "ordering", "999999")
        #expect(nobody.status != 0 && nobody.errors.contains("999999"), "\(nobody.errors)")
        // What cannot be read cannot be read the second time.
        #expect(try await installation.quan("parked", "redrive", "ordering", row).status == 1)
        try await discard(row, of: "ordering", installation, taking: "1 message taken")
        #expect(try await ordering.number("select stock_vouchers from product_copy where product_id = '\(players.product)'") == 13)

        // The same under the key of an order: what an institution was promised meanwhile is answered, and it can go on.
        let order = try await players.place()
        try await players.institution.waits(for: order, toBe: "placed")
        try await installation.send("no message at all", to: "ordering.commands", key: order)
        let other = try await installation.parkedRow("ordering", on: "ordering.commands", under: order)
        let accepting = try await players.institution.promise("/orders/\(order)/accept")
        try await eventually("the command waits behind it") {
            try await installation.quan("parked", "list", "ordering").output.contains("behind ordering.commands key \(order)")
        }
        try await eventually("whoever asked is told") { try await players.institution.state(of: accepting) == "set-aside" }
        try await discard(other, of: "ordering", installation, taking: "1 message taken")
        try await eventually("what waited is answered") { try await players.institution.state(of: accepting) != "set-aside" }
        if try await players.institution.state(of: accepting) != "done" {
            #expect(try await players.institution.post("/orders/\(order)/accept").answer.isDone)
        }
        try await players.institution.waits(for: order, toBe: "accepted")

        #expect(
            try await ordering.number(
                """
                select count(*) from audit where outcome = 'discarded' and detail ->> 'operatorName' = 'li.na'
                    and detail ->> 'reason' = 'sent by a test'
                """) == 2)
        // Whoever follows a topic has set aside what lay on it.
        for service in PlatformService.all.map(\.name) {
            let listed = try await installation.quan("parked", "list", service).output
            for line in listed.split(separator: "\n") where line.contains(" head ") {
                let number = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                try await discard(number, of: service, installation, taking: " taken")
            }
        }
        #expect(try await installation.quan("parked", "list").output == "nothing is set aside\n")
        #expect(try await installation.quan("status").status == 0)
        await ordering.close()
    }

    private func discard(_ row: String, of service: String, _ installation: TestInstallation, taking taken: String) async throws {
        let done = try await installation.quan(
            "parked", "discard", service, row, "--operator", "li.na", "--reason", "sent by a test")
        #expect(
            done.status == 0 && done.output.hasPrefix("\(service) \(row) given up; ") && done.output.contains(taken),
            "\(done.output) \(done.errors)")
    }

    /// A topic comes again from its start: every record of it, and nobody does anything with it.
    private func republishing(_ installation: TestInstallation, _ players: Players) async throws {
        let readers = try ["portal", "redemption", "payout", "timer", "catalogue", "identity", "ordering"].map {
            try installation.database($0)
        }
        func said() async throws -> [Int64] {
            var counts: [Int64] = []
            for reader in readers { counts.append(try await reader.number("select count(*) from outbox where type not like 'platform.%'")) }
            return counts
        }
        let events = try await readers[6].number("select count(*) from outbox where topic = 'ordering.events' and type like 'ordering.%'")
        let before = (try await said(), try await players.enterprise.get("/orders"), try await installation.quan("ledger", "check").output)
        let tail = try KafkaConsumer(
            KafkaConfiguration(bootstrapServers: installation.record.kafkaBootstrapServers, clientID: "test"),
            options: KafkaConsumerOptions(mode: .tail, topics: ["ordering.events"]), logger: Logger(label: "test"))
        try await tail.start()
        let republished = try await installation.quan("outbox", "republish", "ordering", "ordering.events")
        #expect(
            republished.status == 0 && republished.output.hasPrefix("ordering publishes ordering.events again, from number 1 of each"),
            "\(republished.output) \(republished.errors)")
        let again = Mutex<Int64>(0)
        let counting = Task {
            while let batch = try await tail.next(lane: 0, upTo: 100) {
                let types = batch.records.map {
                    $0.headers.first { $0.name == "ce_type" }?.value.map { String(decoding: $0, as: UTF8.self) }
                }
                again.withLock { $0 += Int64(types.count { $0?.hasPrefix("ordering.") == true }) }
                await tail.done(batch)
            }
        }
        try await eventually("all of them come again") { again.withLock { $0 } >= events }
        counting.cancel()
        await tail.close(deadline: .seconds(5))
        #expect(events > 0)
        // The clock moves only when everybody has taken everything.
        let settled = try await installation.quan("clock", "advance", "--to", "2026-04-01T01:00:00Z", "--within", "60")
        #expect(settled.status == 0, "\(settled.errors)")
        #expect(try await said() == before.0)
        #expect(NSDictionary(dictionary: try await players.enterprise.get("/orders")) == NSDictionary(dictionary: before.1))
        #expect(try await installation.quan("ledger", "check").output == before.2)
        for reader in readers { await reader.close() }
        let wrong = try await installation.quan("outbox", "republish", "ordering", "catalogue.events")
        #expect(wrong.status != 0 && wrong.errors.contains("does not publish on that topic"), "\(wrong.errors)")
    }

    @Test("migrate says of each service what it did, says so when there was nothing to do, and leaves a running installation alone")
    func migrating() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-migrate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try await Command.run(Command.quan, ["migrate", "--state", folder])
        #expect(first.status == 0, "\(first.errors)")
        for service in PlatformService.all {
            #expect(first.output.contains(try Regex("\(service.name): brought up to date by [0-9]+ migrations?\n")), "\(first.output)")
        }
        let second = try await Command.run(Command.quan, ["migrate", "--state", folder])
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output == PlatformService.all.map { "\($0.name): was up to date\n" }.joined())
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
        let results = await producer.send([KafkaOutgoing(topic: topic, key: Array(key.utf8), value: Array(text.utf8))])
        await producer.close(deadline: .seconds(10))
        for result in results { _ = try result.get() }
    }

    /// The number of the message that a service has set aside under a key.
    func parkedRow(_ service: String, on topic: String, under key: String) async throws -> String {
        var row: String?
        try await eventually("\(service) sets something aside under \(key)") {
            let listed = try await quan("parked", "list", service)
            let line = listed.output.split(separator: "\n").first { $0.contains("head \(topic) key \(key) ") }
            row = line?.split(separator: " ").dropFirst().first.map(String.init)
            return row != nil
        }
        return try #require(row)
    }
}

extension Players {
    /// Gives the product another number of vouchers.
    func stock(_ vouchers: Int) async throws {
        let changed = try await officer.post(
            "/products/\(product)/changes", #"{"change":"set-product-stock","stockVouchers":\#(vouchers)}"#)
        #expect(changed.answer.isDone, "\(changed.answer)")
    }
}

extension Caller {
    /// Asks for something without waiting for its outcome; the operation's id.
    func promise(_ path: String, _ body: String = "") async throws -> String {
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(UUID().uuidString)"]
        let port = installation.record.services.first { $0.name == "portal" }?.httpPort ?? 0
        let reply = try await ServiceHTTP.post(port: port, "/api/v1" + path, headers: headers, body: body, within: .seconds(30))
        #expect(reply.status == 202, "\(String(decoding: reply.body, as: UTF8.self))")
        let json = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
        return try #require(((json["operation"] as? [String: Any])?["id"] ?? json["operation"]) as? String)
    }

    /// What has become of an operation.
    func state(of operation: String) async throws -> String {
        try #require((try await get("/operations/\(operation)")["operation"] as? [String: Any])?["state"] as? String)
    }
}
