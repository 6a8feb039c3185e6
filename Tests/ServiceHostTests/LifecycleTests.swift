import Foundation
import Logging
import Postgres
import ServiceLifecycle
import TestKit
import Testing

@testable import ServiceHost

/// A toy service that runs in its own process; its components log their start and end.
private enum Toy {
    /// The environment of every run: the database, a free port and a shutdown deadline.
    static func environment(_ folder: String, _ database: String, _ more: [String: String] = [:]) -> [String: String] {
        let standard = [
            "QUAN_DATABASE_HOST": folder, "QUAN_DATABASE_NAME": database, "QUAN_DATABASE_USER": PrivatePostgres.superuser,
            "QUAN_HTTP_PORT": "0", "QUAN_INSTANCE_SHUTDOWN_DEADLINE": "60s",
        ]
        return standard.merging(more) { $1 }
    }

    /// A component that logs its start and end.
    static func part(_ name: String, _ context: ServiceContext) -> ServiceComponent {
        ServiceComponent(name) {
            context.logger.info("\(name) began")
            try? await gracefulShutdown()
            context.logger.info("\(name) ended")
        }
    }

    /// Sends a signal to this process when it is ready.
    static func signalWhenReady(_ context: ServiceContext, _ number: Int32) -> ServiceComponent {
        ServiceComponent("signaller") {
            _ = await eventually { await context.readiness.report().isWell }
            kill(getpid(), number)
            try? await gracefulShutdown()
        }
    }

    static func run(
        _ environment: [String: String], arguments: [String] = [], migrations: [MigrationSet] = [],
        _ components: @escaping @Sendable (ServiceContext) -> [ServiceComponent]
    ) async -> Never {
        let description = ServiceDescription(name: "toy", purpose: "Counts.", migrations: migrations) { context in
            ServiceParts(components(context))
        }
        await ServiceHost.run(description, arguments: arguments, environment: environment)
    }
}

/// The messages of a process's log, in order. A line that is not JSON fails the test.
private func messages(_ result: ExitTest.Result?) throws -> [String] {
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    return try text.split(separator: "\n").map { line in
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        return try #require(object["message"] as? String)
    }
}

@Suite("Lifecycle")
struct LifecycleTests {
    /// Creates a database for the test.
    private func database() async throws -> (folder: String, name: String) {
        let configuration = try await PrivatePostgres.shared().temporaryDatabase("lifecycle")
        return (configuration.host, configuration.database)
    }

    @Test("a signal stops the components one after another, from the last to the first, and the exit code is 0")
    func inOrder() async throws {
        let (folder, name) = try await database()
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
            [folder = folder as String, name = name as String] in
            let table = MigrationSet("toy", [Migration(1, "make", sql: "create table toy (id bigint)")])
            await Toy.run(Toy.environment(folder, name), migrations: [table]) { context in
                [Toy.part("relay", context), Toy.part("consumer", context), Toy.signalWhenReady(context, SIGTERM)]
            }
        }
        let all = try messages(result)
        #expect(all.first == "starting")
        #expect(all.last == "stopped")
        #expect(all.contains("applied a migration"))
        let ends = all.filter { ["stopping", "consumer ended", "relay ended", "stopped"].contains($0) }
        #expect(ends == ["stopping", "consumer ended", "relay ended", "stopped"])
    }

    @Test("a component that does not stop is named, and the process ends at the deadline with exit code 70")
    func deadline() async throws {
        let (folder, name) = try await database()
        let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
            [folder = folder as String, name = name as String] in
            await Toy.run(Toy.environment(folder, name, ["QUAN_INSTANCE_SHUTDOWN_DEADLINE": "300ms"])) { context in
                let stuck = ServiceComponent("stuck") { try await Task.sleep(for: .seconds(3600)) }
                return [stuck, Toy.signalWhenReady(context, SIGINT)]
            }
        }
        let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(log.contains("did not stop within the deadline"))
        #expect(log.contains("\"still_running\":\"core, database, http, stuck\""))
    }

    @Test("a second signal ends the process at once")
    func secondSignal() async throws {
        let (folder, name) = try await database()
        await #expect(processExitsWith: .exitCode(128 + SIGTERM)) { [folder = folder as String, name = name as String] in
            await Toy.run(Toy.environment(folder, name)) { context in
                let stuck = ServiceComponent("stuck") {
                    try? await gracefulShutdown()
                    kill(getpid(), SIGTERM)
                    try await Task.sleep(for: .seconds(3600))
                }
                return [Toy.part("relay", context), stuck, Toy.signalWhenReady(context, SIGTERM)]
            }
        }
    }

    @Test("when a component fails, the others are stopped in order and the exit code is 70")
    func failingPart() async throws {
        let (folder, name) = try await database()
        let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
            [folder = folder as String, name = name as String] in
            await Toy.run(Toy.environment(folder, name)) { context in
                let failing = ServiceComponent("failing") {
                    _ = await eventually { await context.readiness.report().isWell }
                    throw StartFailure(.failure, "it failed")
                }
                return [Toy.part("relay", context), failing, Toy.part("consumer", context)]
            }
        }
        let all = try messages(result)
        #expect(all.contains("a component failed"))
        #expect(all.filter { $0.hasSuffix(" ended") } == ["consumer ended", "relay ended"])
    }

    @Test("a component that ends before shutdown counts as failed")
    func endingPart() async throws {
        let (folder, name) = try await database()
        await #expect(processExitsWith: .exitCode(70)) { [folder = folder as String, name = name as String] in
            await Toy.run(Toy.environment(folder, name)) { context in [ServiceComponent("brief") {}, Toy.part("relay", context)] }
        }
    }

    @Test("a failing migration ends the process with exit code 70 before any component starts")
    func failingMigration() async throws {
        let (folder, name) = try await database()
        let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
            [folder = folder as String, name = name as String] in
            let bad = MigrationSet("toy", [Migration(1, "bad", sql: "select * from nowhere")])
            await Toy.run(Toy.environment(folder, name), migrations: [bad]) { context in [Toy.part("relay", context)] }
        }
        #expect(try !messages(result).contains("relay began"))
    }

    @Test("the service waits for an unreachable database until the start deadline, then ends with exit code 75")
    func noDatabase() async throws {
        let result = await #expect(processExitsWith: .exitCode(75), observing: [\.standardErrorContent]) {
            let environment = [
                "QUAN_DATABASE_HOST": "127.0.0.1", "QUAN_DATABASE_PORT": "1", "QUAN_HTTP_PORT": "0",
                "QUAN_INSTANCE_START_DEADLINE": "5s", "QUAN_DATABASE_LEASE_DEADLINE": "200ms",
            ]
            await Toy.run(environment) { context in [Toy.part("relay", context)] }
        }
        #expect(try messages(result).contains("the database is not ready; retrying"))
    }

    @Test("a wrong password or a missing database ends the process with exit code 64; the log names the settings and contains no secret")
    func refusedByDatabase() async throws {
        var options = PrivatePostgres.Options()
        options.authentication = .password("right-password")
        let server = try await PrivatePostgres.start(options)
        let folder = server.folder
        let results = [
            await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) { [folder = folder as String] in
                await Toy.run(Toy.environment(folder, "postgres", ["QUAN_DATABASE_PASSWORD": "wrong-password"])) { _ in [] }
            },
            await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) { [folder = folder as String] in
                await Toy.run(Toy.environment(folder, "nowhere", ["QUAN_DATABASE_PASSWORD": "right-password"])) { _ in [] }
            },
        ]
        await server.discard()
        for result in results {
            let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            #expect(log.contains("QUAN_DATABASE_HOST, _PORT, _NAME, _USER, _PASSWORD"))
            #expect(!log.contains("wrong-password") && !log.contains("right-password"))
        }
    }

    @Test("QUAN-13: an unknown setting ends the process with exit code 64 and a message")
    func unknownSetting() async throws {
        let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            await Toy.run(["QUAN_DATABSE_HOST": "x"]) { _ in [] }
        }
        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(text.contains("toy: a setting is refused (QUAN-13):"))
        #expect(text.contains("did you mean QUAN_DATABASE_HOST?"))
    }

    @Test("help is printed on standard output with exit code 0")
    func help() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
            await Toy.run([:], arguments: ["--help"]) { _ in [] }
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        #expect(text.contains("toy: Counts."))
        #expect(text.contains("--database-host"))
    }

    @Test("a port in use ends the process with exit code 75; the log names the setting")
    func takenPort() async throws {
        let (folder, name) = try await database()
        let result = await #expect(processExitsWith: .exitCode(75), observing: [\.standardErrorContent]) {
            [folder = folder as String, name = name as String] in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, length)
                    _ = getsockname(descriptor, $0, &length)
                }
            }
            _ = listen(descriptor, 1)
            let port = "\(in_port_t(bigEndian: address.sin_port))"
            await Toy.run(Toy.environment(folder, name, ["QUAN_HTTP_PORT": port])) { context in [Toy.part("relay", context)] }
        }
        let log = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(log.contains("QUAN_HTTP_PORT"))
    }
}
