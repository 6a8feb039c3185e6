import ArgumentParser
import Foundation

/// Runs tests that take too long for `./quan test`.
@main
struct QuanCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan-campaign", abstract: "Runs tests that take too long for `./quan test`.",
        discussion: """
            Each campaign starts its own rehearsals, has a time limit, reports its progress, prints the folder of its logs, and ends \
            with the line `N passed, N failed`. Exit code 1 if anything failed.

            Without a name it runs every campaign that needs no argument.

            EXAMPLES
              ./quan campaign --list
              ./quan campaign fuzz --seconds 60 --seed 7
              ./quan campaign trials FOLDER
            """,
        subcommands: [FuzzCampaign.self, TrialsCampaign.self])

    @Flag(help: "List the campaigns without running them.")
    var list = false

    func run() async throws {
        guard !list else { return print(CampaignList.table) }
        var passed = 0
        var failed = 0
        for name in CampaignList.all where name.needsNoArgument {
            let report = try await name.run()
            (passed, failed) = (passed + report.passed, failed + report.failed)
        }
        for name in CampaignList.all where !name.needsNoArgument { print("not run, because it needs an argument: \(name.name)") }
        print(CampaignReport.closing(passed: passed, failed: failed))
        if failed > 0 { throw ExitCode.failure }
    }
}

/// The list of campaigns.
enum CampaignList {
    /// One campaign.
    struct Line: Sendable {
        let name: String
        let summary: String
        let needsNoArgument: Bool
        let run: @Sendable () async throws -> CampaignReport
    }

    static let all: [Line] = [
        Line(name: "fuzz", summary: FuzzCampaign.configuration.abstract, needsNoArgument: true) {
            try await FuzzCampaign.parse([]).fuzz()
        },
        Line(name: "trials", summary: TrialsCampaign.configuration.abstract, needsNoArgument: false) {
            throw ValidationError("trials needs a folder")
        },
    ]

    static var table: String { all.map { $0.name.padding(toLength: 10, withPad: " ", startingAt: 0) + $0.summary }.joined(separator: "\n") }
}
