import ArgumentParser
import Foundation
import Kernel
import LocalPostgres
import Operations
import Season
import StrictJSON
import UnixSignals

/// The program `quan-demo`, which the script `./quan` runs as `quan demo`.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan demo", abstract: "Runs a season of the Beijing programme of 2026 on this machine.",
        discussion: """
            Starts a whole installation (like `quan up --ephemeral --rehearsal`), runs the season
            through the portal from the first order to the last payment, and prints tables and a
            comparison of three sources: the requests and answers, the databases, and the bank's
            statement. The same seed gives the same season with the same totals.

            Exit code 1 if anything was lost, duplicated or stuck, or if the ledger or an audit
            trail is inconsistent.

            This is the program quan-demo. In the repository, start it with ./quan demo,
            which builds it first. It needs the other programs of Quan in its folder.

            EXAMPLES
              quan demo
              quan demo --json out.json --seed 7
              quan demo --small --keep
              quan demo --tiny --twice ordering,portal --kill ordering,portal
            """,
        version: Version.text)

    @Option(help: "The seed from which the season is generated.")
    var seed: UInt64 = 20_260_330

    @Flag(help: "A short season.")
    var small = false

    @Flag(help: "The shortest season that covers every kind of order.")
    var tiny = false

    @Flag(help: "Leave the installation running afterwards, and print its address.")
    var keep = false

    @Option(help: ArgumentHelp("Write the totals to this file, as JSON.", valueName: "file"))
    var json: String?

    @Option(help: "Port of the portal; a free port by default.")
    var port: Int = 0

    @Option(
        help: ArgumentHelp(
            "Kill each of these parts once during the season: services, broker, postgres, bank-simulator.", valueName: "part,..."))
    var kill: String?

    @Option(
        help: ArgumentHelp(
            "Run two instances of these services; --kill then kills one of the two.", valueName: "service,..."))
    var twice: ServiceList?

    /// A longer batch interval leaves more processor time for handling thousands of orders a minute on few cores.
    private static let settings = [
        "QUAN_MESSAGING_BATCH_INTERVAL": "20ms", "QUAN_LOG_LEVEL": "warning",
        // One officer sends within minutes the requests that many officers send in months.
        "QUAN_PORTAL_REQUESTS_PER_SECOND": "100000", "QUAN_PORTAL_REQUEST_BURST": "100000", "QUAN_PORTAL_UPLOADS": "1000000",
        "QUAN_PORTAL_UPLOAD_BYTES": "1099511627776", "QUAN_PORTAL_ANONYMOUS_REQUESTS_PER_SECOND": "100000",
    ]

    private var killed: [String] { (kill ?? "").split(separator: ",").map(String.init) }

    /// The fetch waits of the embedded broker, for the same reason.
    private static let embedded = ["QUAN_MESSAGING_FETCH_WAIT": "10ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT": "10ms"]

    private var size: SeasonSize { tiny ? .tiny : small ? .small : .full }

    static func main() async { await runAsProgram(Array(CommandLine.arguments.dropFirst())) }

    func validate() throws {
        guard !tiny || !small else { throw ValidationError("--small and --tiny exclude each other") }
        guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535, not \(port)") }
        let parts = PlatformService.all.map(\.name) + ["broker", "postgres", PlatformService.bank.name]
        guard killed.allSatisfy(parts.contains), Set(killed).count == killed.count, kill == nil || !killed.isEmpty else {
            throw ValidationError("--kill takes one or more of \(parts.joined(separator: ", "))")
        }
    }

    func run() async throws {
        let ends = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let folder = try StateFolder()
        try folder.lock()
        let options = Platform.Options(
            services: PlatformService.all, portalPort: try port == 0 ? LoopbackPort.free() : port, signInPort: try LoopbackPort.free(),
            rehearsal: BeijingTime.instant(on: .known("2026-03-27"), hour: 9),
            environment: ProcessInfo.processInfo.environment.merging(Self.settings) { given, _ in given },
            twice: Set((twice?.services ?? []).map(\.name)), embedded: Self.embedded,
            bank: ["--seed", String(seed), "--shares", "reject=400,delay=500,twice=300,late=100,lose=100", "--delay", "0.3", "--hold", "2"])
        let platform: Platform
        do {
            platform = try await Platform.open(options, folder: folder)
        } catch {
            folder.discard()
            throw error
        }
        let running = Task { try await platform.run() }
        let season = Task { try await DemoRun(platform, folder, Season(seed: seed, size: size), kill: killed).run() }
        let ended = Task {
            for await _ in ends { break }
            season.cancel()
        }
        let outcome = await season.result
        if case .success(let report) = outcome {
            try report.write(json)
            if keep {
                let record = await platform.record
                print(
                    "The installation runs on: portal \(record.portal)/api/v1, state \(folder.path), e.g. quan status --state \(folder.path)"
                )
                print("Stop it with Ctrl-C.")
                fflush(nil)
                _ = await ended.value
            }
        }
        ended.cancel()
        await platform.stop()
        try await running.value
        let report = try outcome.get()
        if !report.isClean { throw ExitCode.failure }
    }
}

extension DemoReport {
    /// Writes the totals to a file, where one is named.
    fileprivate func write(_ file: String?) throws {
        guard let file else { return }
        do {
            try Data(StrictJSON.encode(self, .prettyPrinted)).write(to: URL(filePath: file))
        } catch {
            throw CommandError("cannot write \(file): \(error.localizedDescription)")
        }
    }
}
