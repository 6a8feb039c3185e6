import Foundation
import TestKit

/// The processor time of the demonstration.
struct DemoProcessorTime: Benchmark {
    let name = "demo_cpu_seconds"
    let unit = "s"
    let summary = "processor time of all processes of the demonstration (quan demo), from its start to its end"
    let baseline = "pgbench and its server, the reads and writes of as many orders"
    let goal = Goal.none

    struct Fixture: Sendable {
        let rows: Database
        let enterprises: Int
        /// The number of orders of the season.
        let orders: OrderCount
    }

    /// What is read of the demonstration's report.
    private struct Report: Decodable {
        struct Orders: Decodable {
            let placed: Int
            let refused: Int
        }
        let orders: Orders
    }

    /// Set by the first measurement.
    actor OrderCount {
        private(set) var count = 0
        func set(_ count: Int) { self.count = count }
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let rows = try await OrderRows.prepare(environment, name: "\(name)_rows")
        return Fixture(rows: rows.database, enterprises: rows.enterprises, orders: OrderCount())
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let report = FileManager.default.temporaryDirectory.appending(path: "quan-bench-demo-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: report) }
        let before = ProcessTime.secondsOfEndedChildren()
        let child = try await ChildProcess(
            [try InstallationProcess.program("quan-demo"), "--json", report] + (environment.size.isQuick ? ["--tiny"] : []),
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"], output: report + ".log")
        defer { try? FileManager.default.removeItem(atPath: report + ".log") }
        guard await child.exit() == 0 else {
            throw BenchmarkError("quan demo failed: \((try? String(contentsOfFile: report + ".log", encoding: .utf8))?.suffix(2000) ?? "")")
        }
        let orders = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: report))).orders
        await fixture.orders.set(orders.placed + orders.refused)
        return ProcessTime.secondsOfEndedChildren() - before
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let perOrder = try await OrderRows.processorSecondsPerOrder(fixture.rows, enterprises: fixture.enterprises, on: environment)
        return perOrder * Double(await fixture.orders.count)
    }

    func tearDown(_ fixture: Fixture) async { await fixture.rows.close() }
}
