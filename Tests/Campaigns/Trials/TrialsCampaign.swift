import ArgumentParser
import Foundation
import TestKit

/// `./quan campaign trials`
struct TrialsCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trials",
        abstract: "Runs every black-box test script in a folder, each on a new rehearsal with four workers a service.",
        discussion: """
            A trial is a Python 3 file `*.py` that uses only the standard library and an installation's public interfaces, and prints \
            PASS or FAIL as its last line. Its environment contains
              QUAN_API      the portal
              QUAN_SIGNIN   the sandbox's sign-in
              QUAN_STATE    the state folder
              QUAN_BIN      the program quan
            If its second line contains `QUAN_PAYOUT_BANK_URL=…`, the installation uses that bank, which is the script itself.

            EXAMPLES
              ./quan campaign trials ~/trials
              ./quan campaign trials ~/trials --only t07_cancel_accept --only t21_races
            """)

    @Argument(help: "The folder of the trials.")
    var folder: String

    @Option(help: ArgumentHelp("Run only this trial; can be repeated.", valueName: "name"))
    var only: [String] = []

    @Option(help: "The timeout of a trial in seconds.")
    var seconds = 900

    @Option(help: ArgumentHelp("Folder of the logs; a new folder in .build by default.", valueName: "folder"))
    var logs: String?

    func validate() throws {
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds must be from 1 to 86400") }
    }

    func run() async throws {
        let report = try await runTrials()
        print(report.closing)
        if report.failed > 0 { throw ExitCode.failure }
    }

    /// Runs the trials one after another, because each needs the whole machine.
    func runTrials() async throws -> CampaignReport {
        let scripts: [TrialScript]
        do { scripts = try TrialScript.all(in: folder) } catch {
            throw ValidationError("cannot read the folder \(folder): \(error.localizedDescription)")
        }
        let unknown = only.filter { name in !scripts.contains { $0.name == name } }
        guard unknown.isEmpty else { throw ValidationError("no such trial in \(folder): \(unknown.joined(separator: ", "))") }
        guard !scripts.isEmpty else { throw ValidationError("\(folder) contains no trial (*.py)") }
        guard let python = Self.python else { throw CampaignError("there is no python3 in /usr/bin or /usr/local/bin") }
        let kept = try CampaignFolder(logs, campaign: "trials")
        let chosen = scripts.filter { only.isEmpty || only.contains($0.name) }
        var report = CampaignReport()
        for (index, script) in chosen.enumerated() {
            Progress.report("\(index + 1) of \(chosen.count): \(script.name)")
            let begun = ContinuousClock.now
            let verdict = try await verdict(of: script, python: python, logs: kept.path + "/" + script.name)
            let took = "\((ContinuousClock.now - begun).components.seconds) s"
            switch verdict {
            case .passed: report.record(script.name, passes: true, took)
            case .failed(let why): report.record(script.name, passes: false, "\(took); \(why)")
            }
        }
        return report
    }

    private static var python: String? {
        ["/usr/bin/python3", "/usr/local/bin/python3"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func verdict(of script: TrialScript, python: String, logs: String) async throws -> TrialScript.Verdict {
        try? FileManager.default.removeItem(atPath: logs)
        let rehearsal: Rehearsal
        do { rehearsal = try await Rehearsal.start(logs: logs, settings: script.settings) } catch let error as InstallationProcess.Failure {
            return .failed(error.description)
        }
        let output = logs + "/output.log"
        let settings = [
            "QUAN_API=\(rehearsal.record.portal)", "QUAN_SIGNIN=\(Self.origin(rehearsal.record.signIn))", "QUAN_STATE=\(rehearsal.state)",
            "QUAN_BIN=\(try InstallationProcess.program("quan"))", "PYTHONIOENCODING=utf-8", "PYTHONUNBUFFERED=1",
        ]
        let status: Int32
        do {
            status = try await Program.run([python, script.path], settings: settings, output: output, within: .seconds(seconds))
        } catch {
            await rehearsal.stop()
            throw error
        }
        await rehearsal.stop()
        return TrialScript.verdict(
            output: (try? Data(contentsOf: URL(filePath: output))).map { String(decoding: $0, as: UTF8.self) } ?? "", status: status)
    }

    /// Scheme, host and port of a URL.
    private static func origin(_ text: String) -> String {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(), let port = url.port else { return text }
        return "\(scheme)://\(host):\(port)"
    }
}
