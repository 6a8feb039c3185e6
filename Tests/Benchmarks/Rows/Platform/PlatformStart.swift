import Foundation
import TestKit

/// How long somebody waits who starts an installation that keeps nothing.
struct PlatformStart: Benchmark {
    let name = "start_seconds"
    let unit = "s"
    let summary = "quan up --ephemeral, from its start until every service is ready and the programme published"
    let baseline = "initdb and the start of a bare PostgreSQL"
    let goal = Goal.valueAtMost(5)

    func prepare(_ stage: Stage) async throws {}

    func measure(_ ground: Void, on stage: Stage) async throws -> Double {
        let platform = try await PlatformProcess.start(isDurable: false)
        await platform.stop()
        return platform.startSeconds
    }

    func measureBaseline(_ ground: Void, on stage: Stage) async throws -> Double {
        let begun = ContinuousClock.now
        let server = try await PrivatePostgres.start(PrivatePostgres.Options())
        let seconds = (ContinuousClock.now - begun).seconds
        await server.discard()
        return seconds
    }

    func clear(_ ground: Void) async {}
}
