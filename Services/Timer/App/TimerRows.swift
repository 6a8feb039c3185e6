import Foundation
import Messages
import Messaging
import Postgres
import TimerDomain

/// The timers a batch works on, and the clock of a rehearsal where it is asked for.
struct TimerRows: WorkingRows {
    private var wanted: Set<TimerID> = []
    private var timers: [TimerID: StoredTimer] = [:]
    private var changed: Set<TimerID> = []
    private var wantsClock = false
    private var clockRow = ClockRow()
    private var isClockMoved = false

    mutating func want(_ id: TimerID) { wanted.insert(id) }
    mutating func wantClock() { wantsClock = true }

    func timer(_ id: TimerID) -> StoredTimer? { timers[id] }

    mutating func set(_ timer: StoredTimer) {
        timers[timer.id] = timer
        changed.insert(timer.id)
    }

    /// Where the clock of the rehearsal stands; nil where this is none.
    var clock: Date? { clockRow.instant }

    /// How many timers are due where the clock stands and have not fired, or whose firing is not published yet.
    var timersDue: Int64 {
        guard let clock else { return 0 }
        return clockRow.due + Int64(firings.count { $0 <= clock })
    }

    /// When the next of the others fires.
    var nextFiring: Date? { firings.min() }

    mutating func moveClock(to instant: Date) {
        clockRow.instant = instant
        isClockMoved = true
    }

    /// The first of the timers that lie in the database only, and all that this batch has in hand.
    private var firings: [Date] { timers.values.compactMap(\.firesAt) + [clockRow.next].compactMap { $0 } }

    mutating func load(_ connection: PostgresConnection) async throws {
        let ids = wanted.sorted()
        if !ids.isEmpty {
            for timer in try await TimerStatements.lock(ids, on: connection) { timers[timer.id] = timer }
        }
        if wantsClock { clockRow = try await TimerStatements.clock(without: ids, on: connection) }
    }

    func writes() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !changed.isEmpty { steps.append(TimerStatements.write(changed.sorted().compactMap { timers[$0] })) }
        if isClockMoved, let clock { steps.append(TimerStatements.moveClock(to: clock)) }
        return steps
    }
}

/// The clock of a rehearsal, and the timers around it that no message of the batch has in hand.
struct ClockRow: Sendable {
    /// Where it stands; nil where this is no rehearsal.
    var instant: Date?
    /// How many are due there, fired and not published included.
    var due: Int64 = 0
    /// When the first after that fires.
    var next: Date?
}
