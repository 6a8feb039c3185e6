import ArgumentParser
import Foundation
import LocalPostgres

/// `quan up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Runs a whole installation on this machine.",
        discussion: """
            Starts a private PostgreSQL, the one-machine Kafka broker and every service, waits
            until all are ready, publishes the programmes, and runs until it gets SIGINT or
            SIGTERM. A part that ends is started again. Everything ends with this process,
            also when it is killed; what was accepted is in the state folder, and the next
            `quan up` goes on with it.

            It is a SANDBOX: anybody signs in as anybody, and credit registers are taken to
            hold nothing. It listens on this machine only.

            With --rehearsal the installation has a clock of its own, which stands still until
            `quan clock advance` moves it.

            With QUAN_KAFKA_BOOTSTRAP_SERVERS it uses that Kafka, where topics get three copies
            (one broker: QUAN_MESSAGING_REPLICATION_FACTOR=1), and with QUAN_DATABASE_HOST
            (_PORT, _NAME, _USER, _PASSWORD of an administrator) that PostgreSQL.

            EXAMPLES
              quan up
              quan up --ephemeral --rehearsal --at 2026-04-01T01:00:00Z
              quan up --state /srv/quan --port 9000
            """)

    @OptionGroup var place: StateOption

    @Flag(help: "Keep nothing: everything is in a temporary folder, which goes with this process.")
    var ephemeral = false

    @Flag(help: "Live by a clock of its own, which `quan clock advance` moves.")
    var rehearsal = false

    @Option(help: ArgumentHelp("Where that clock begins when the folder is new; the present when not said.", valueName: "instant"))
    var at: Instant?

    @Option(help: "Port of the portal; the sandbox's sign-in has the next one. 0 takes free ones.")
    var port = 8080

    @Option(help: ArgumentHelp("Folder of the programmes to publish.", valueName: "folder"))
    var programmes: String?

    @Option(help: ArgumentHelp("Run only these services.", valueName: "name,..."))
    var services: ServiceList = ServiceList(services: PlatformService.all)

    func validate() throws {
        guard (0...65534).contains(port) else { throw ValidationError("--port must be from 0 to 65534, not \(port)") }
        guard at == nil || rehearsal else { throw ValidationError("--at is the beginning of a rehearsal's clock: give --rehearsal too") }
        guard !ephemeral || place.state == nil else { throw ValidationError("--ephemeral keeps nothing: leave out --state") }
    }

    func run() async throws {
        let begun = ContinuousClock.now
        let end = EndOfService(withParent: false)
        let folder = ephemeral ? try StateFolder() : try StateFolder(path: place.path)
        try folder.lock()
        Notice.say("state in \(folder.path), logs in \(folder.path)/logs")
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
        Notice.say("database and broker run (\(Self.seconds(since: begun)) s)")
        let running = Task { try await platform.run() }
        let starting = Task {
            try await platform.waitUntilReady(within: .seconds(90)) { Notice.say("\($0) is ready (\(Self.seconds(since: begun)) s)") }
            try await publish(on: platform)
            await platform.tellReady()
            try await welcome(platform, folder, startSeconds: Self.seconds(since: begun))
        }
        let failure = await Self.failure(of: starting, or: end.ends)
        withExtendedLifetime(end) {}
        Notice.say("stopping")
        await platform.stop()
        starting.cancel()
        try await running.value
        if let failure { throw failure }
    }

    /// Returns when it is to end, or when the start has failed.
    private static func failure(of starting: Task<Void, any Error>, or ends: AsyncStream<Void>) async -> (any Error)? {
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
            return Notice.say("no folder of programmes found; name one with --programmes")
        }
        try await Publishing.publishAll(in: folder, on: Installation(record: await platform.record)) { Notice.say($0) }
    }

    private func welcome(_ platform: Platform, _ folder: StateFolder, startSeconds: String) async throws {
        let record = await platform.record
        print(
            """
            Quan is ready.
              portal      \(record.portal)/api/v1
              state       \(folder.path)
              THIS IS A SANDBOX: anybody signs in as anybody, credit registers are taken to hold nothing.
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
