import Foundation
import Glibc
import ISO20022
import Messages
import Messaging
import PayoutDomain
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout

@Suite("Dying between us and the bank")
struct CrashTests {
    @Test(
        "a sender that dies before or after the bank has answered is followed by one that asks, and never pays again",
        arguments: BankFaultPoint.allCases)
    func died(point: BankFaultPoint) async throws {
        try await PayoutStage.with { stage in
            let bank = try await TestBank()
            try await stage.approve(try await stage.open(1))
            let dying = try Carrier(stage, url: bank.url, faults: { if $0 == point { throw Death() } })
            await #expect(throws: Death.self) { try await eventually("it dies") { try await dying.sender.round() < 0 } }
            #expect(try await stage.payout.number("select count(*) from instruction where state = 'sending'") == 1)
            #expect(try await stage.count("sent") == 1)
            let isBooked = try await bank.bank.statement(account: "x").bookings.count == 1
            #expect(isBooked == (point == .answered))
            let next = try Carrier(stage, url: bank.url)
            try await next.until("it is paid") { try await stage.count("paid") == 1 }
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            #expect(try await stage.payout.number("select count(*) from instruction") == 1)
            await bank.stop()
        }
    }

    /// What the first claim that finds something has to do: a row that another transaction holds is left to the next claim.
    private func acts(_ carrier: Carrier) async throws -> [Instruction.Act] {
        var acts: [Instruction.Act] = []
        try await eventually("something is due") {
            acts = try await carrier.sender.desk.claim().map(\.act)
            return !acts.isEmpty
        }
        return acts
    }

    @Test("a claimed instruction belongs to one sender until its lease is over")
    func lease() async throws {
        try await PayoutStage.with { stage in
            try await stage.approve(try await stage.open(1))
            let carrier = try Carrier(stage, url: "http://127.0.0.1:1", deadline: .seconds(1))
            #expect(try await acts(carrier) == [.post])
            #expect(try await carrier.sender.desk.claim().isEmpty)
            try await Task.sleep(for: .milliseconds(1300))
            #expect(try await acts(carrier) == [.ask])
        }
    }

    @Test("a bank killed at any instant keeps its book, books no instruction twice, and says the same as before")
    func killedBank() async throws {
        try await PayoutStage.with { stage in
            let folder = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await stage.approve(try await stage.open(30))
            var child = try await BankChild(folder: folder, run: 0)
            for run in 1...4 {
                let carrier = try Carrier(stage, url: child.url)
                let already = try await stage.count("paid")
                try await carrier.until("some more are paid") { try await stage.count("paid") > min(already + 3, 29) }
                await child.kill()
                child = try await BankChild(folder: folder, run: run)
            }
            let carrier = try Carrier(stage, url: child.url)
            try await carrier.until("all are paid") { try await stage.count("paid") == 30 }
            let result = try await carrier.keeper.round()
            #expect(result.findings.isEmpty && result.bookedCount == 30)
            await child.kill()
        }
    }
}

/// A bank in a process of its own.
struct BankChild {
    let url: String
    private let process: ChildProcess

    init(folder: URL, run: Int) async throws {
        // It is built beside the tests.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "quan-bank-simulator").path(percentEncoded: false)
        let output = folder.appending(path: "output-\(run)").path(percentEncoded: false)
        process = try ChildProcess(
            [
                program, "--port", "0", "--journal", folder.appending(path: "journal").path(percentEncoded: false), "--shares",
                "delay=2000,twice=2000", "--delay", "0.3",
            ],
            output: output)
        var port = ""
        try await eventually("the bank listens") {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            port = text.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map { String($0.dropFirst(13)) } ?? ""
            return !port.isEmpty
        }
        url = "http://127.0.0.1:\(port)"
    }

    func kill() async {
        Glibc.kill(process.pid, SIGKILL)
        _ = await process.exit()
    }
}
