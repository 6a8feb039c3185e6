import Synchronization
import TestKit
import Testing

@testable import Messaging

@Suite("Alarms")
struct AlarmTests {
    private final class Rung: Sendable {
        private let rung = Mutex<[(name: Int, at: ContinuousClock.Instant)]>([])

        var all: [(name: Int, at: ContinuousClock.Instant)] { rung.withLock { $0 } }

        func add(_ name: Int) { rung.withLock { $0.append((name, .now)) } }
    }

    @Test("each rings once and not before its time, in whatever order they were set")
    func rings() async throws {
        let (alarms, rung) = (Alarms(), Rung())
        let began = ContinuousClock.now
        let times = [40, 5, 90, 20, 60, 0, 5]
        for (name, time) in times.enumerated() { _ = alarms.set(after: .milliseconds(time)) { rung.add(name) } }
        try await eventually("all have rung") { rung.all.count >= times.count }
        try await Task.sleep(for: .milliseconds(60))
        #expect(rung.all.map(\.name).sorted() == Array(times.indices))
        for (name, at) in rung.all { #expect(at - began >= .milliseconds(times[name])) }
    }

    @Test("what is taken back does not ring, and what is set behind it does")
    func cancelled() async throws {
        let (alarms, rung) = (Alarms(), Rung())
        let first = alarms.set(after: .milliseconds(20)) { rung.add(1) }
        alarms.cancel(first)
        alarms.cancel(first)
        _ = alarms.set(after: .milliseconds(60)) { rung.add(2) }
        // One that is earlier than anything the process would wake up for.
        _ = alarms.set(after: .milliseconds(1)) { rung.add(3) }
        try await eventually("both have rung") { rung.all.count == 2 }
        #expect(rung.all.map(\.name) == [3, 2])
        _ = alarms.set(after: .milliseconds(5)) { rung.add(4) }
        try await eventually("one that is set when nothing waits rings too") { rung.all.count == 3 }
    }

    @Test("many at once, set and taken back by many, ring exactly where they were not taken back")
    func many() async throws {
        let (alarms, rung) = (Alarms(), Rung())
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        let name = task * 200 + number
                        let alarm = alarms.set(after: .milliseconds(number.isMultiple(of: 2) ? 200 : 30 + number % 50)) { rung.add(name) }
                        if number.isMultiple(of: 2) { alarms.cancel(alarm) }
                        if number.isMultiple(of: 20) { await Task.yield() }
                    }
                }
            }
        }
        try await eventually("the others have rung") { rung.all.count >= 800 }
        try await Task.sleep(for: .milliseconds(250))
        #expect(rung.all.map(\.name).sorted() == (0..<1600).filter { !$0.isMultiple(of: 2) })
    }
}
