import Kernel
import Testing

@Suite("Back-off")
struct BackoffTests {
    @Test("a pause is twice as long as the one before, up to the longest, and after a reset the first one again")
    func doubling() {
        var backoff = Backoff(first: .milliseconds(50), longest: .seconds(5), jitter: 0)
        let pauses = (0..<100).map { _ in backoff.next() }
        let doubled = [50, 100, 200, 400, 800, 1600, 3200, 5000].map { Duration.milliseconds($0 as Int) }
        #expect(Array(pauses.prefix(8)) == doubled)
        #expect(pauses.dropFirst(8).allSatisfy { $0 == .seconds(5) })
        #expect(backoff.failures == 100)
        backoff.reset()
        #expect(backoff.failures == 0)
        let first = backoff.next()
        #expect(first == .milliseconds(50))
    }

    @Test("a pause is shortened at random by at most a half, and never lengthened")
    func jitter() {
        var random = SplitMix64(seed: 1)
        var backoff = Backoff(first: .seconds(1), longest: .seconds(1))
        let pauses = (0..<1000).map { _ in backoff.next(using: &random) }
        #expect(pauses.allSatisfy { $0 >= .milliseconds(500) && $0 <= .seconds(1) })
        #expect(pauses.contains { $0 < .milliseconds(600) } && pauses.contains { $0 > .milliseconds(900) })
    }

    @Test("pause waits as long as the next pause is, and ends with its task", .timeLimit(.minutes(1)))
    func pausing() async throws {
        var backoff = Backoff(first: .milliseconds(20), jitter: 0)
        let began = ContinuousClock.now
        try await backoff.pause()
        #expect(ContinuousClock.now - began >= .milliseconds(20))
        #expect(backoff.failures == 1)
        let waiting = Task {
            var long = Backoff(first: .seconds(600), longest: .seconds(600))
            try await long.pause()
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
