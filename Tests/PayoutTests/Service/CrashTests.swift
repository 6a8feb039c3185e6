import Foundation
import Glibc
import ISO20022
import Messages
import Messaging
import PayoutDomain
import Postgres
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout

@Suite("Crashes during an exchange with the bank")
struct CrashTests {
    @Test(
        "after a crash before or after the bank's answer the instruction is queried, and never paid again",
        arguments: BankFaultPoint.allCases)
    func crash(point: BankFaultPoint) async throws {
        try await PayoutFixture.with { fixture in
            let bank = try await TestBank()
            try await fixture.approve(try await fixture.open(1))
            let crashing = try BankClient(fixture, url: bank.url, faults: { if $0 == point { throw SimulatedCrash() } })
            await #expect(throws: SimulatedCrash.self) { try await eventually("it crashes") { try await crashing.sender.sendDue() < 0 } }
            #expect(try await fixture.payout.number("select count(*) from instruction where state = 'sending'") == 1)
            #expect(try await fixture.count("sent") == 1)
            let isBooked = try await bank.bank.statement(account: "x").bookings.count == 1
            #expect(isBooked == (point == .answered))
            let next = try BankClient(fixture, url: bank.url)
            try await next.run(until: "it is paid") { try await fixture.count("paid") == 1 }
            #expect(try await bank.bank.statement(account: "x").bookings.count == 1)
            #expect(try await fixture.payout.number("select count(*) from instruction") == 1)
            await bank.stop()
        }
    }

    /// The actions of the first claim that finds something; a locked row is skipped until the next claim.
    private func actions(_ bankClient: BankClient) async throws -> [Instruction.Act] {
        var actions: [Instruction.Act] = []
        try await eventually("something is due") {
            actions = try await bankClient.sender.store.claim().map(\.action)
            return !actions.isEmpty
        }
        return actions
    }

    @Test("a claimed instruction belongs to one sender until its lease expires")
    func lease() async throws {
        try await PayoutFixture.with { fixture in
            try await fixture.approve(try await fixture.open(1))
            let bankClient = try BankClient(fixture, url: "http://127.0.0.1:1", deadline: .seconds(600))
            #expect(try await actions(bankClient) == [.post])
            #expect(try await bankClient.sender.store.claim().isEmpty)
            // As if the lease, which is the deadline and a margin of 0.1 s, had begun 601 s earlier.
            try await fixture.payout.pool.withConnection { connection in
                try await connection.script("update instruction set next_action_at = next_action_at - interval '601 seconds'")
            }
            #expect(try await actions(bankClient) == [.ask])
        }
    }

    @Test("a killed bank keeps its journal, books no instruction twice, and gives the same answers as before")
    func killedBank() async throws {
        try await PayoutFixture.with { fixture in
            let folder = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await fixture.approve(try await fixture.open(30))
            var child = try await BankProcess(folder: folder, run: 0)
            for run in 1...4 {
                let bankClient = try BankClient(fixture, url: child.url)
                let already = try await fixture.count("paid")
                try await bankClient.run(until: "more are paid") { try await fixture.count("paid") > min(already + 3, 29) }
                await child.kill()
                child = try await BankProcess(folder: folder, run: run)
            }
            let bankClient = try BankClient(fixture, url: child.url)
            try await bankClient.run(until: "all are paid") { try await fixture.count("paid") == 30 }
            let result = try await bankClient.fetcher.reconcile()
            #expect(result.findings.isEmpty && result.bookedCount == 30)
            await child.kill()
        }
    }
}

/// A bank in its own process.
struct BankProcess {
    let url: String
    private let process: ChildProcess

    init(folder: URL, run: Int) async throws {
        // The executable is in the same folder as the tests.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "quan-bank-simulator").path(percentEncoded: false)
        let output = folder.appending(path: "output-\(run)").path(percentEncoded: false)
        process = try await ChildProcess(
            [
                program, "--port", "0", "--account", "0200000000000000000", "--journal",
                folder.appending(path: "journal").path(percentEncoded: false), "--shares",
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
