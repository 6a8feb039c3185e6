import Foundation
import Messages
import Messaging
import Postgres
import TimerDomain

/// The timers that a batch works on, and the clock of a rehearsal where it is requested.
struct TimerRows: UnitOfWork {
    private var requested: Set<TimerID> = []
    private var timers: [TimerID: StoredTimer] = [:]
    private var changed: Set<TimerID> = []
    private var isClockRequested = false
    private var clockRow = ClockRow()
    private var isClockMoved = false

    mutating func request(_ id: TimerID) { requested.insert(id) }
    mutating func requestClock() { isClockRequested = true }

    func timer(_ id: TimerID) -> StoredTimer? { timers[id] }

    mutating func set(_ timer: StoredTimer) {
        timers[timer.id] = timer
        changed.insert(timer.id)
    }

    /// The instant of the rehearsal's clock; nil where this is not a rehearsal.
    var clock: Date? { clockRow.instant }

    /// The number of timers that are due by the clock and have not fired, or whose event is not published yet.
    var timersDue: Int64 {
        guard let clock else { return 0 }
        return clockRow.due + Int64(firings.count { $0 <= clock })
    }

    /// The next instant of firing.
    var nextFiring: Date? { firings.min() }

    mutating func moveClock(to instant: Date) {
        clockRow.instant = instant
        isClockMoved = true
    }

    /// The instants of firing of this batch's timers, and the next one of all other timers.
    private var firings: [Date] { timers.values.compactMap(\.firesAt) + [clockRow.next].compactMap { $0 } }

    mutating func load(_ connection: PostgresConnection) async throws {
        let ids = requested.sorted()
        if !ids.isEmpty {
            for timer in try await TimerStatements.lock(ids, on: connection) { timers[timer.id] = timer }
        }
        if isClockRequested { clockRow = try await TimerStatements.clock(without: ids, on: connection) }
    }

    func writes() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !changed.isEmpty { steps.append(TimerStatements.write(changed.sorted().compactMap { timers[$0] })) }
        if isClockMoved, let clock { steps += TimerStatements.moveClock(to: clock) }
        return steps
    }
}

/// The clock of a rehearsal, and the due and next timers except those of the batch.
struct ClockRow: Sendable {
    /// The instant of the clock; nil where this is not a rehearsal.
    var instant: Date?
    /// The number of timers due at that instant, including fired ones whose event is not published yet.
    var due: Int64 = 0
    /// The instant of firing of the next timer.
    var next: Date?
}
