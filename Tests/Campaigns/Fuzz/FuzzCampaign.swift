import ArgumentParser
import Foundation

/// `./quan campaign fuzz`
struct FuzzCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Sends invalid values in every operation of the API and every message type over Kafka, for a given time.",
        discussion: """
            Starts a rehearsal with four workers a service and creates objects in every state. Then, concurrently for the given time:
              - over HTTP, every operation of openapi.json by every role, with invalid values in every field, parameter and header,
              - over Kafka, every message type to every possible service, with invalid values in every field and header,
              - a probe: an enterprise places valid orders and cancels them, each within 10 s.
            The messages over Kafka have their own source and keys: in a cluster, access control lists prevent other programs from \
            writing to the services' topics.

            It passes if no request was answered with 5xx, no connection was dropped, no service was restarted, no decodable message \
            was parked, and the ledger and the audit trails are consistent. The seed is printed first: the same seed sends the same \
            sequence of requests, though at different times.

            EXAMPLES
              ./quan campaign fuzz
              ./quan campaign fuzz --seconds 60 --seed 7
            """)

    @Option(help: "How long to send, in seconds.")
    var seconds = 600

    @Option(help: "The seed; a random one by default, which is printed.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Folder of the logs; a new folder in .build by default.", valueName: "folder"))
    var logs: String?

    func validate() throws {
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds must be from 1 to 86400") }
    }

    func run() async throws {
        let report = try await fuzz()
        print(report.closing)
        if report.failed > 0 { throw ExitCode.failure }
    }

    func fuzz() async throws -> CampaignReport {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000_000)
        Progress.report("fuzz: seed \(seed), \(seconds) s")
        let folder = try CampaignFolder(logs, campaign: "fuzz")
        let rehearsal = try await Rehearsal.start(logs: folder.path)
        do {
            let report = try await FuzzRun(rehearsal: rehearsal, seed: seed, length: .seconds(seconds), logs: folder.path).run()
            await rehearsal.stop()
            return report
        } catch {
            await rehearsal.stop()
            throw error
        }
    }
}
