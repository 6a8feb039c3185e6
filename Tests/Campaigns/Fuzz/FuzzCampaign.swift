import ArgumentParser
import Foundation

/// `./quan campaign fuzz`
struct FuzzCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Sends every operation of the API and every message type over Kafka with bad values, for a set time.",
        discussion: """
            Starts a rehearsal with four lanes and puts a small season into it. Then, all at once and until the time is over:
              - over HTTP, every operation of openapi.json by every role, with bad values in every field, parameter and header,
              - over Kafka, every message type to every service it could go to, with bad values in every field and header,
              - an enterprise that does nothing wrong places an order and cancels it, and must have each done within 10 s.
            The messages over Kafka come from a source and under keys of their own: in a cluster, access lists keep others than the \
            services from writing to their topics.

            It passes when nothing was answered with 5xx, no connection was dropped, no service was started again, nothing that can be \
            decoded was set aside, and the ledger and the audit trails are right. The seed is printed first: the same seed sends the \
            same row of requests, though not at the same moments.

            EXAMPLES
              ./quan campaign fuzz
              ./quan campaign fuzz --seconds 60 --seed 7
            """)

    @Option(help: "How many seconds to send for.")
    var seconds = 600

    @Option(help: "The seed of what is sent; drawn and printed when not said.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Where the logs are kept; a new folder below .build when not said.", valueName: "folder"))
    var logs: String?

    func validate() throws {
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds takes 1 to 86400") }
    }

    func run() async throws {
        let report = try await play()
        print(report.closing)
        if report.failed > 0 { throw ExitCode.failure }
    }

    func play() async throws -> CampaignReport {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000_000)
        Progress.say("fuzz: seed \(seed), \(seconds) s")
        let folder = try CampaignFolder(logs, campaign: "fuzz")
        let rehearsal = try await Rehearsal.start(logs: folder.path)
        do {
            let report = try await FuzzRun(rehearsal: rehearsal, seed: seed, length: .seconds(seconds), logs: folder.path).play()
            await rehearsal.stop()
            return report
        } catch {
            await rehearsal.stop()
            throw error
        }
    }
}
