import Synchronization
import Testing

@testable import ServiceHost

@Suite("Health")
struct HealthTests {
    @Test("a service without checks is ready; with one failed check it is not ready, and the report has the reason")
    func readiness() async {
        let readiness = Readiness()
        #expect(await readiness.report().isWell)
        readiness.add("database") { .well }
        let flag = readiness.addFlag("kafka", initially: .unwell("no partition yet"))
        let red = await readiness.report()
        #expect(!red.isWell)
        #expect(red.checks.map(\.name) == ["database", "kafka"])
        #expect(red.checks.map(\.reason) == [nil, "no partition yet"])
        flag.set(.well)
        #expect(await readiness.report().isWell)
    }

    @Test("a check that hangs fails at its deadline, does not run twice at the same time, and recovers")
    func hangingCheck() async {
        let readiness = Readiness()
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        let calls = Mutex(0)
        readiness.add("slow") {
            calls.withLock { $0 += 1 }
            // Unlike a sleep, this ignores cancellation.
            await Task.detached { for await _ in releases { break } }.value
            return .well
        }
        let first = await readiness.report()
        #expect(first.checks.first?.reason == "the check did not finish within 2s")
        let second = await readiness.report()
        #expect(second.checks.first?.reason == "the previous run of the check has not finished")
        #expect(calls.withLock { $0 } == 1)
        release.finish()
        #expect(await eventually { await readiness.report().isWell })
    }

    @Test("a loop that does not tick within its bound fails; a loop that has ended does not")
    func liveness() async {
        let liveness = Liveness()
        #expect(liveness.report().isWell)
        let quick = liveness.addLoop("relay", silenceBound: .milliseconds(1))
        _ = liveness.addLoop("consumer", silenceBound: .seconds(3600))
        #expect(await eventually { !liveness.report().isWell })
        let dead = liveness.report().checks.filter { !$0.isWell }
        #expect(dead.map(\.name) == ["relay"])
        #expect(dead.first?.reason?.contains("more than its bound of 1ms") == true)
        quick.end()
        #expect(liveness.report().isWell)
    }
}
