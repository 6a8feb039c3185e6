import Kernel
import Season
import Testing

@testable import Operations
@testable import QuanDemo

extension Seasons {
    @Suite("A season with a part killed")
    struct KillTests {
        static let parts = PlatformService.all.map(\.name) + ["broker", "postgres", PlatformService.bank.name]

        @Test("a part killed during a season is restarted, and every total equals that of an undisturbed season", arguments: parts)
        func killed(part: String) async throws {
            let undisturbed = try await SeasonRun.undisturbed.value
            let run = try await SeasonRun.run(["--kill", part])
            let report = try #require(run.report, "\(run.output.suffix(3000))")
            #expect(run.status == 0, "\(run.output.suffix(3000))")
            // The part was killed in the middle of the season, and another process took over.
            let killed = try #require(report.killed?.first)
            #expect(killed.part == part)
            #expect(killed.actionsBefore > 10 && killed.actionsAfter > 10, "\(killed)")
            #expect(killed.pidBefore > 0 && killed.pidAfter > 0 && killed.pidAfter != killed.pidBefore, "\(killed)")
            #expect(report.lost == 0 && report.duplicated == 0 && report.stuck == 0, "\(run.output.suffix(2000))")
            #expect(report.ledgerOK && report.auditOK)
            #expect(run.totals == undisturbed.totals)
        }

        @Test(
            "with two instances of ordering, portal, payout and timer, one of each killed, every total equals that of an undisturbed season"
        )
        func twice() async throws {
            let services = ["ordering", "portal", "payout", "timer"]
            let undisturbed = try await SeasonRun.undisturbed.value
            let list = services.joined(separator: ",")
            let run = try await SeasonRun.run(["--twice", list, "--kill", list])
            let report = try #require(run.report, "\(run.output.suffix(3000))")
            #expect(run.status == 0, "\(run.output.suffix(3000))")
            #expect(report.killed?.map(\.part) == services)
            for killed in report.killed ?? [] { #expect(killed.pidAfter > 0 && killed.pidAfter != killed.pidBefore, "\(killed)") }
            #expect(report.isClean)
            #expect(run.totals == undisturbed.totals)
        }

        @Test("an unknown part is refused")
        func unknown() async throws {
            let result = try await Command.run(Command.demo, ["--tiny", "--kill", "nobody"])
            #expect(result.status == 64)
            #expect(result.errors.contains("--kill takes one or more of catalogue, "))
        }
    }

    @Suite("A season by its seed")
    struct SeedTests {
        @Test("two seasons of one seed have the same totals and no findings")
        func same() async throws {
            let first = try await SeasonRun.undisturbed.value
            let second = try await SeasonRun.run()
            let report = try #require(first.report, "\(first.output.suffix(3000))")
            #expect(first.status == 0 && second.status == 0)
            #expect(report.isClean)
            #expect(report.killed == nil)
            #expect(report.orders.placed > 20 && report.moneyFen.paid > 0 && report.moneyFen.paid == report.moneyFen.redeemed)
            #expect(report.moneyFen.returned > 0)
            #expect(first.totals == second.totals)
        }

        @Test("different seeds plan different total prices")
        func other() {
            let sums = [1, 2, 3, 4].map { seed in
                Season(seed: seed, size: .tiny).orders.reduce(Int64(0)) { $0 + $1.price.rawValue }
            }
            #expect(Set(sums).count == sums.count)
        }
    }
}
