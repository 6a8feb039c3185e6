import Foundation
import TestKit
import Testing

@testable import quan

/// Tests that play seasons, one after another: each keeps a machine busy.
@Suite("Seasons", .serialized)
enum Seasons {}

/// A `quan demo` of a test's own, played to its end.
struct SeasonRun: Sendable {
    /// What must be the same for the same seed, whatever happened on the way.
    struct Totals: Hashable {
        let money: DemoReport.Money
        let orders: DemoReport.Orders
        let refusals: [String: Tally.Refused]
    }

    /// The exit code.
    let status: Int32
    /// What it wrote with `--json`; nil where it broke off.
    let report: DemoReport?
    /// All that it said.
    let said: String

    var totals: Totals? { report.map { Totals(money: $0.moneyFen, orders: $0.orders, refusals: $0.refusals) } }

    /// Longer than the shortest season takes on a loaded machine.
    private static let patience = Duration.seconds(480)

    /// A season of the standard seed in which nothing is disturbed, played once for all tests.
    static let undisturbed = Task { try await play() }

    /// Plays the shortest season.
    /// - Parameters:
    ///   - settings: of its environment.
    ///   - meddling: is given the installation when it is ready, while the play begins.
    static func play(
        _ arguments: [String] = [], settings: [String: String] = [:],
        meddling: (@Sendable (_ record: PlatformRecord, _ folder: String) async throws -> Void)? = nil
    ) async throws -> SeasonRun {
        let files = "/tmp/quan-season-\(UUID().uuidString)"
        let (log, json) = (files + ".log", files + ".json")
        defer { for file in [log, json] { try? FileManager.default.removeItem(atPath: file) } }
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("QUAN_") }
        environment["LC_ALL"] = "C.UTF-8"
        environment.merge(settings) { $1 }
        let process = try await Child.start(
            [Command.quan, "demo", "--tiny", "--json", json] + arguments, environment: environment, log: log)
        let killer = Task {
            try await Task.sleep(for: patience)
            process.signal(SIGTERM)
            try await Task.sleep(for: .seconds(30))
            process.signal(SIGKILL)
        }
        defer { killer.cancel() }
        do {
            if let meddling {
                let (record, folder) = try await installation(of: process.pid, log: log)
                try await meddling(record, folder)
            }
        } catch {
            await process.stop(within: .seconds(30))
            throw error
        }
        let status = await process.status()
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let data = FileManager.default.contents(atPath: json)
        return SeasonRun(status: status, report: try data.map { try JSONDecoder().decode(DemoReport.self, from: $0) }, said: said)
    }

    /// Waits until the installation of a `quan demo` is ready.
    private static func installation(of pid: pid_t, log: String) async throws -> (PlatformRecord, String) {
        var found: (PlatformRecord, String)?
        try await eventually("the installation of the season is ready", within: .seconds(180)) {
            if kill(pid, 0) != 0 { throw Complaint("it has ended: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")") }
            for name in try FileManager.default.contentsOfDirectory(atPath: "/tmp") where name.hasPrefix("quan-") {
                guard let record = try? PlatformRecord.read(in: "/tmp/\(name)"), record.pid == pid, record.readyAt != nil else { continue }
                found = (record, "/tmp/\(name)")
            }
            return found != nil
        }
        return try #require(found)
    }
}
