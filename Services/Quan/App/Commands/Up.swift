import ArgumentParser
import Foundation
import LocalPostgres
import Operations
import UnixSignals

/// `quan up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Runs a whole installation on this machine.",
        discussion: """
            Checks the settings of all services and exits with 64 when any is refused. Then it
            starts a private PostgreSQL, the embedded Kafka broker and every service, waits until
            all are ready, publishes the programmes, and runs until it receives SIGINT or SIGTERM.
            A part that ends is restarted, except a service that ends with 64 because it refuses
            its settings. All parts end with this process, even when it is killed. Accepted work
            is in the state folder; the next `quan up` continues it.

            It is a SANDBOX: anybody can sign in as anybody, and an enterprise without a credit
            record counts as clean. It listens on this machine only.

            With --rehearsal the installation has its own clock, which stands still until
            `quan clock advance` advances it.

            With QUAN_KAFKA_BOOTSTRAP_SERVERS it uses that Kafka, where topics get three copies
            (with one broker set QUAN_MESSAGING_REPLICATION_FACTOR=1). With QUAN_DATABASE_HOST
            (_PORT, _NAME, _USER, _PASSWORD of an administrator) it uses that PostgreSQL.

            EXAMPLES
              quan up
              quan up --ephemeral --rehearsal --at 2026-04-01T01:00:00Z
              quan up --state /srv/quan --port 9000
            """)

    @OptionGroup var place: StateOption

    @Flag(help: "Keep no data: use a temporary folder, which is removed at the end.")
    var ephemeral = false

    @Flag(help: "Use a clock that `quan clock advance` advances.")
    var rehearsal = false

    @Option(help: ArgumentHelp("First instant of that clock, for a new state folder; by default the current time.", valueName: "instant"))
    var at: Instant?

    @Option(help: "Port of the portal; the sandbox's sign-in uses the next one. With 0 free ports are used.")
    var port = 8080

    @Option(help: ArgumentHelp("Folder of the programmes to publish.", valueName: "folder"))
    var programmes: String?

    @Option(help: ArgumentHelp("Run only these services.", valueName: "name,..."))
    var services: ServiceList = ServiceList(services: PlatformService.all)

    func validate() throws {
        guard (0...65534).contains(port) else { throw ValidationError("--port must be from 0 to 65534, not \(port)") }
        guard at == nil || rehearsal else { throw ValidationError("--at sets the first instant of a rehearsal's clock; add --rehearsal") }
        guard !ephemeral || place.state == nil else { throw ValidationError("--ephemeral keeps no data; remove --state") }
    }

    func run() async throws {
        let begun = ContinuousClock.now
        let ends = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let folder = ephemeral ? try StateFolder() : try StateFolder(path: place.path)
        try folder.lock()
        Notice.print("state in \(folder.path), logs in \(folder.path)/logs")
        let options = Platform.Options(
            services: services.services, portalPort: try port == 0 ? LoopbackPort.free() : port,
            signInPort: try port == 0 ? LoopbackPort.free() : port + 1,
            rehearsal: rehearsal ? at?.date ?? Date() : nil, environment: ProcessInfo.processInfo.environment)
        let platform: Platform
        do {
            platform = try await Platform.open(options, folder: folder)
        } catch {
            folder.discard()
            throw error
        }
        Notice.print("database and broker run (\(Self.seconds(since: begun)) s)")
        let running = Task { try await platform.run() }
        let starting = Task {
            try await platform.waitUntilReady(within: .seconds(90)) { Notice.print("\($0) is ready (\(Self.seconds(since: begun)) s)") }
            try await publish(on: platform)
            await platform.recordReady()
            try await welcome(platform, folder, startSeconds: Self.seconds(since: begun))
        }
        let failure = await Self.failure(of: starting, or: ends)
        Notice.print("stopping")
        await platform.stop()
        starting.cancel()
        try await running.value
        if let failure { throw failure }
    }

    /// Waits for a termination signal or for a failure of the start, and returns the failure.
    private static func failure(of starting: Task<Void, any Error>, or ends: UnixSignalsSequence) async -> (any Error)? {
        let (reasons, continuation) = AsyncStream.makeStream(of: (any Error)?.self)
        let watching = Task { if case .failure(let error) = await starting.result { continuation.yield(error) } }
        let ending = Task {
            for await _ in ends { break }
            continuation.yield(nil)
        }
        defer {
            watching.cancel()
            ending.cancel()
        }
        return await reasons.first { _ in true } ?? nil
    }

    private func publish(on platform: Platform) async throws {
        guard services.services.contains(where: { $0.name == "catalogue" }) else { return }
        guard let folder = programmes ?? Programs.programmes() else {
            return Notice.print("no folder of programmes found; set one with --programmes")
        }
        try await ProgrammePublisher.publishAll(in: folder, on: Installation(record: await platform.record)) { Notice.print($0) }
    }

    private func welcome(_ platform: Platform, _ folder: StateFolder, startSeconds: String) async throws {
        let record = await platform.record
        print(
            """
            Quan is ready.
              portal      \(record.portal)/api/v1
              state       \(folder.path)
              THIS IS A SANDBOX: anybody can sign in as anybody; without a credit record an enterprise counts as clean.
              sign in     curl -s \(record.signIn ?? "(no identity service runs)") \\
                            -d '{"person":"me","organisation":"11111111-1111-4111-8111-111111111111","roles":["enterprise"]}'
              look around quan status\(place.hint(folder))
            \(rehearsal ? "  clock       quan clock show\(place.hint(folder))\n" : "")start_seconds \(startSeconds)
            """)
        fflush(nil)
    }

    private static func seconds(since begun: ContinuousClock.Instant) -> String {
        let (seconds, attoseconds) = (ContinuousClock.now - begun).components
        return "\(seconds).\(attoseconds / 100_000_000_000_000_000)"
    }
}
