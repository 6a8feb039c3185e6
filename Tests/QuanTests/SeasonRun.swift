import Foundation
import TestKit
import Testing

@testable import Operations
@testable import QuanDemo

/// Tests that run seasons, one after another, because each uses the whole machine.
@Suite("Seasons", .serialized)
enum Seasons {}

/// The result of a complete `quan demo`.
struct SeasonRun: Sendable {
    /// The totals that depend only on the seed, whatever happens during the season.
    struct Totals: Hashable {
        let money: DemoReport.Money
        let orders: DemoReport.Orders
        let refusals: [String: Tally.Refused]
    }

    /// The exit code.
    let status: Int32
    /// The file written by `--json`; nil if the run failed.
    let report: DemoReport?
    /// Its whole output.
    let output: String

    var totals: Totals? { report.map { Totals(money: $0.moneyFen, orders: $0.orders, refusals: $0.refusals) } }

    /// Longer than the shortest season needs on a loaded machine.
    private static let timeout = Duration.seconds(480)

    /// An undisturbed season of the default seed, run once for all tests.
    static let undisturbed = Task { try await run() }

    /// Runs the shortest season.
    /// - Parameters:
    ///   - settings: additional environment variables.
    ///   - tampering: called with the installation as soon as it is ready.
    static func run(
        _ arguments: [String] = [], settings: [String: String] = [:],
        tampering: (@Sendable (_ record: PlatformRecord, _ folder: String) async throws -> Void)? = nil
    ) async throws -> SeasonRun {
        let files = "/tmp/quan-season-\(UUID().uuidString)"
        let (log, json) = (files + ".log", files + ".json")
        defer { for file in [log, json] { try? FileManager.default.removeItem(atPath: file) } }
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("QUAN_") }
        environment["LC_ALL"] = "C.UTF-8"
        environment.merge(settings) { $1 }
        let process = try await Child.start(
            [Command.demo, "--tiny", "--json", json] + arguments, environment: environment, log: log)
        let killer = Task {
            try await Task.sleep(for: timeout)
            process.signal(SIGTERM)
            try await Task.sleep(for: .seconds(30))
            process.signal(SIGKILL)
        }
        defer { killer.cancel() }
        do {
            if let tampering {
                let (record, folder) = try await installation(of: process.pid, log: log)
                try await tampering(record, folder)
            }
        } catch {
            await process.stop(within: .seconds(30))
            throw error
        }
        let status = await process.status()
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let data = FileManager.default.contents(atPath: json)
        return SeasonRun(status: status, report: try data.map { try JSONDecoder().decode(DemoReport.self, from: $0) }, output: output)
    }

    /// Waits until the installation of a `quan demo` is ready, and returns its record and state folder.
    private static func installation(of pid: pid_t, log: String) async throws -> (PlatformRecord, String) {
        var found: (PlatformRecord, String)?
        try await eventually("the installation of the season is ready", within: .seconds(180)) {
            if kill(pid, 0) != 0 { throw CommandError("it has ended: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")") }
            for name in try FileManager.default.contentsOfDirectory(atPath: "/tmp") where name.hasPrefix("quan-") {
                guard let record = try? PlatformRecord.read(in: "/tmp/\(name)"), record.pid == pid, record.readyAt != nil else { continue }
                found = (record, "/tmp/\(name)")
            }
            return found != nil
        }
        return try #require(found)
    }
}
