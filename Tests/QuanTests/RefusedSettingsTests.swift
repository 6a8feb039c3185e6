import Foundation
import TestKit
import Testing

@testable import Operations

@Suite("Refused settings (QUAN-13)")
struct RefusedSettingsTests {
    private static let up = ["up", "--ephemeral", "--port", "0"]

    @Test("QUAN-13: up refuses an unknown setting, reports it once, starts nothing and exits with 64")
    func unknown() async throws {
        let result = try await Command.run(Command.quan, Self.up, environment: ["QUAN_MESAGING_WORKERS": "2"])
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n").filter { $0.contains("QUAN_MESAGING_WORKERS") }
        #expect(lines.count == 1 && lines[0].contains("did you mean QUAN_MESSAGING_WORKERS?"), "\(result.errors)")
        #expect(lines.first?.hasSuffix("[every service]") == true, "\(result.errors)")
        #expect(!result.errors.contains("database and broker run"), "\(result.errors)")
    }

    @Test("QUAN-13: the demonstration refuses an unknown setting, starts nothing and exits with 64, as up does")
    func demonstration() async throws {
        let result = try await Command.run(Command.demo, ["--tiny"], environment: ["QUAN_MESAGING_WORKERS": "2"])
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("quan: settings are refused (QUAN-13):\n"), "\(result.errors)")
        #expect(result.errors.hasSuffix("\nquan: nothing was started\n"), "\(result.errors)")
    }

    @Test("QUAN-13: all refused settings of all services are listed at once, each with the service that refuses it")
    func all() async throws {
        let result = try await Command.run(
            Command.quan, Self.up,
            environment: [
                "QUAN_DATABASE_STATEMENT_TIMEOUT": "soon", "QUAN_PAYOUT_PAYER_BANK_CODE": "1", "QUAN_IDENTITY_KEY_LIFE": "1s",
                "QUAN_OFFICES": "beijing-2026",
            ])
        #expect(result.status == 64)
        for (name, services) in [
            ("QUAN_DATABASE_STATEMENT_TIMEOUT", "[every service]"), ("QUAN_PAYOUT_PAYER_BANK_CODE", "[payout]"),
            ("QUAN_IDENTITY_KEY_LIFE", "[identity]"), ("QUAN_OFFICES", "[catalogue, identity, ordering, "),
        ] {
            let lines = result.errors.split(separator: "\n").filter { $0.contains(name) }
            #expect(lines.count == 1 && lines[0].contains(services), "\(name): \(result.errors)")
        }
    }

    @Test("up refuses QUAN_PROFILE=production, because its sign-in, bank, broker, account and credit source are a sandbox's")
    func production() async throws {
        let result = try await Command.run(Command.quan, Self.up, environment: ["QUAN_PROFILE": "production"])
        #expect(result.status == 64)
        for name in [
            "QUAN_IDENTITY_SANDBOX_SIGN_IN", "QUAN_IDENTITY_MASTER_KEY", "QUAN_IDENTITY_CREDIT_SOURCE", "QUAN_PAYOUT_BANK_URL",
            "QUAN_PAYOUT_PAYER_NAME", "QUAN_PAYOUT_PAYER_ACCOUNT", "QUAN_MESSAGING_REPLICATION_FACTOR", "QUAN_OFFICES",
        ] {
            #expect(result.errors.contains(name), "\(name): \(result.errors)")
        }
    }

    @Test("a service that refuses its settings is not restarted; one that fails is")
    func supervised() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "supervised-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func supervisor(status: Int) -> (ServiceSupervisor, starts: @Sendable () -> Int) {
            let starts = folder.appending(path: "starts-\(status)").path
            let supervisor = ServiceSupervisor(
                PlatformService(name: "timer"), program: "/bin/sh", arguments: ["-c", "echo >> \(starts); exit \(status)"], httpPort: 1,
                log: folder.appending(path: "log").path, environment: ["PATH": "/usr/bin:/bin"], changed: {})
            return (supervisor, { (try? String(contentsOfFile: starts, encoding: .utf8).count) ?? 0 })
        }
        let (refusing, refusals) = supervisor(status: 64)
        await refusing.run()
        #expect(await refusing.hasRefusedItsSettings)
        #expect(refusals() == 1)
        let (breaking, breaks) = supervisor(status: 70)
        let running = Task { await breaking.run() }
        try await eventually("it is restarted") { breaks() >= 2 }
        await breaking.stop(within: .seconds(5))
        await running.value
        #expect(await !breaking.hasRefusedItsSettings)
    }
}
