import Foundation
import TestKit

/// The start time of an ephemeral installation.
struct PlatformStart: Benchmark {
    let name = "start_seconds"
    let unit = "s"
    let summary = "quan up --ephemeral, until every service is ready and the programme is published"
    let baseline = "initdb and the start of PostgreSQL alone"
    let goal = Goal.none

    func prepare(_ environment: BenchmarkEnvironment) async throws {}

    func measure(_ fixture: Void, on environment: BenchmarkEnvironment) async throws -> Double {
        let platform = try await PlatformProcess.start(isDurable: false)
        await platform.stop()
        return platform.startSeconds
    }

    func measureBaseline(_ fixture: Void, on environment: BenchmarkEnvironment) async throws -> Double {
        let begun = ContinuousClock.now
        let server = try await PrivatePostgres.start(PrivatePostgres.Options())
        let seconds = (ContinuousClock.now - begun).seconds
        await server.discard()
        return seconds
    }

    func tearDown(_ fixture: Void) async {}
}
