import Synchronization
import TestKit
import Testing

@testable import Messaging

@Suite("Timeout scheduler")
struct TimeoutSchedulerTests {
    private final class Fired: Sendable {
        private let fired = Mutex<[(name: Int, at: ContinuousClock.Instant)]>([])

        var all: [(name: Int, at: ContinuousClock.Instant)] { fired.withLock { $0 } }

        func add(_ name: Int) { fired.withLock { $0.append((name, .now)) } }
    }

    @Test("each timeout fires once and not early, in whatever order they were set")
    func order() async throws {
        let (scheduler, fired) = (TimeoutScheduler(), Fired())
        let began = ContinuousClock.now
        let times = [40, 5, 90, 20, 60, 0, 5]
        for (name, time) in times.enumerated() { _ = scheduler.set(after: .milliseconds(time)) { fired.add(name) } }
        try await eventually("all have signalled") { fired.all.count >= times.count }
        try await Task.sleep(for: .milliseconds(60))
        #expect(fired.all.map(\.name).sorted() == Array(times.indices))
        for (name, at) in fired.all { #expect(at - began >= .milliseconds(times[name])) }
    }

    @Test("a cancelled timeout does not fire, and timeouts set after it do")
    func cancelled() async throws {
        let (scheduler, fired) = (TimeoutScheduler(), Fired())
        let first = scheduler.set(after: .milliseconds(20)) { fired.add(1) }
        scheduler.cancel(first)
        scheduler.cancel(first)
        _ = scheduler.set(after: .milliseconds(60)) { fired.add(2) }
        // Earlier than the next wake-up.
        _ = scheduler.set(after: .milliseconds(1)) { fired.add(3) }
        try await eventually("both have signalled") { fired.all.count == 2 }
        #expect(fired.all.map(\.name) == [3, 2])
        _ = scheduler.set(after: .milliseconds(5)) { fired.add(4) }
        try await eventually("a timeout that is set when none is pending fires too") { fired.all.count == 3 }
    }

    @Test("of many timeouts, set and cancelled concurrently, exactly those not cancelled fire")
    func many() async throws {
        let (scheduler, fired) = (TimeoutScheduler(), Fired())
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        let name = task * 200 + number
                        let timeout = scheduler.set(after: .milliseconds(number.isMultiple(of: 2) ? 200 : 30 + number % 50)) {
                            fired.add(name)
                        }
                        if number.isMultiple(of: 2) { scheduler.cancel(timeout) }
                        if number.isMultiple(of: 20) { await Task.yield() }
                    }
                }
            }
        }
        try await eventually("the others have signalled") { fired.all.count >= 800 }
        try await Task.sleep(for: .milliseconds(250))
        #expect(fired.all.map(\.name).sorted() == (0..<1600).filter { !$0.isMultiple(of: 2) })
    }
}
