import CoreMetrics
import MetricsTestKit
import Testing

@testable import Postgres

@Suite("The pool's metrics")
struct MetricsTests {
    @Test("the gauges of leases in use and waiting return to zero; connects, lease waits and retries are counted")
    func counts() async throws {
        let sink = TestMetrics()
        let database = try await withMetricsFactory(sink) {
            try await withPool {
                $0.maximumConnections = 2
            } _: { pool in
                let runs = CallCounter()
                let gate = Gate()
                try await withThrowingTaskGroup { group in
                    for _ in 0..<6 {
                        group.addTask {
                            try await pool.withTransaction("counted") { connection in
                                let run = await runs.add()
                                await gate.pass()
                                if run == 1 { try await connection.script("do $$ begin raise serialization_failure; end $$") }
                            }
                        }
                    }
                    let isFull = await eventually { await runs.count == 2 && pool.waiting == 4 }
                    #expect(isFull)
                    await gate.open()
                    try await group.waitForAll()
                }
                return pool.configuration.database
            }
        }
        let labels = [("database", database)]
        let inUse = try #require(sink.meters(label: "quan_postgres_leases_in_use", dimensions: labels).first)
        #expect(inUse.lastValue == 0)
        #expect(inUse.values.max() == 2)
        let waiting = try #require(sink.meters(label: "quan_postgres_leases_waiting", dimensions: labels).first)
        #expect(waiting.lastValue == 0)
        #expect((4...6).contains(waiting.values.max() ?? 0))
        #expect(sink.counterTotal(label: "quan_postgres_connects", dimensions: labels) == 2)
        #expect(sink.counterTotal(label: "quan_postgres_transaction_retries") == 1)
        #expect(sink.timers(label: "quan_postgres_lease_wait", dimensions: labels).first.map { $0.values.count >= 6 } == true)
    }
}
