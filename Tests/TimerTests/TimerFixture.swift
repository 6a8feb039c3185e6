import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import Timer

/// The service `timer`, an owner of timers that records the firings, and the operator's tool.
struct TimerFixture {
    let messaging: MessagingFixture
    let timer: RunningService<TimerRows>
    let owner: RunningService<RecordedFiringRows>
    let operatorTool: RunningService<NoRows>
    let clock: FixedClock

    static let start = Date(timeIntervalSince1970: 1_780_000_000)

    static func with(_ body: (TimerFixture) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["timer", "ordering", "quan"]) { messaging in
            let pool = try await messaging.database("timer", tables: TimerTables.sql)
            let owner = try messaging.start(
                RecordedFiringRows.registry, on: try await messaging.database("ordering", tables: RecordedFiringRows.table),
                options: options)
            let operatorTool = try messaging.start(
                HandlerRegistry(service: "quan", rows: NoRows.self, asks: ["timer"]) {}, on: try await messaging.database("quan"),
                options: options)
            try await body(
                TimerFixture(
                    messaging: messaging, timer: try messaging.start(TimerHandlers.registry, on: pool, options: options), owner: owner,
                    operatorTool: operatorTool, clock: FixedClock(start)))
        }
    }

    static var options: MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.commandTimeBounds = .unbounded
        return options
    }

    /// The loop of an instance that fires due timers.
    func dueTimerLoop(
        _ instance: RunningService<TimerRows>? = nil, clock: TimerClock? = nil, interval: Duration = .milliseconds(5),
        faults: FaultHook? = nil
    ) -> DueTimerLoop {
        DueTimerLoop(
            pool: timer.pool, publisher: (instance ?? timer).runtime.publisher, clock: clock ?? .wall(self.clock),
            interval: interval, metrics: TimerMetrics(), faults: faults)
    }

    /// Fires due timers until `count` have fired, and returns their number. A timer whose row a handler has locked is skipped until a later
    /// pass; a command may be delivered twice, because a consumer of a new log reads it from the start.
    func fire(_ count: Int) async throws -> Int {
        var fired = 0
        try await eventually("\(count) timers fire") {
            fired += try await dueTimerLoop().fireDueTimers()
            return fired >= count
        }
        return fired
    }

    func maintenance(_ calendar: WorkingDayCalendar = .stateCouncil, retention: Duration = .seconds(86_400)) -> TimerMaintenance {
        TimerMaintenance(
            pool: timer.pool, clock: .wall(clock), calendar: calendar, retention: retention, metrics: TimerMetrics(),
            logger: messaging.logger)
    }

    /// Sends a command from a service, and returns its outcome.
    func ask<C: Command, Rows: UnitOfWork>(_ command: C, as service: RunningService<Rows>) async throws -> Outcome {
        let key = UUID().uuidString
        let id = try await service.runtime.requests.accept(
            command, key: "subject",
            from: Requests.Caller(
                organisation: "org", operation: "ask", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)),
                receivedAt: clock.now()))
        return try #require(try await service.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// Schedules a timer of the owner, in seconds after the start.
    @discardableResult
    func schedule(_ name: String, after seconds: Double, grace: Int = 0) async throws -> Outcome {
        try await ask(
            ScheduleTimer(
                owner: "ordering", name: name, subject: "subject-\(name)", purpose: "order.decision",
                due: .at(Self.start.addingTimeInterval(seconds)), graceSeconds: grace), as: owner)
    }

    @discardableResult
    func cancel(_ name: String) async throws -> Outcome { try await ask(CancelTimer(owner: "ordering", name: name), as: owner) }

    func advance(to seconds: Double) async throws -> Outcome {
        try await ask(AdvanceClock(to: Self.start.addingTimeInterval(seconds)), as: operatorTool)
    }

    /// The recorded firings in order, as "name dueAt firedAt" with instants in seconds after the start.
    func fired(_ count: Int) async throws -> [String] {
        try await eventually("\(count) timers have fired") { try await owner.number("select count(*) from recorded_firing") >= count }
        return try await owner.pool.withConnection { connection in
            try await connection.query(PostgresStatement("recorded.read", "select name, due_at, fired_at from recorded_firing order by id"))
                .decode(String.self, Date.self, Date.self).map { name, due, fired in
                    "\(name) \(Int(due.timeIntervalSince(Self.start))) \(Int(fired.timeIntervalSince(Self.start)))"
                }
        }
    }
}

/// The firings that an owner has received. Duplicates are not removed, so that tests detect them.
struct RecordedFiringRows: UnitOfWork {
    static let registry = HandlerRegistry(service: "ordering", rows: RecordedFiringRows.self, commandsFrom: [], asks: ["timer"]) {
        Subscribes(FiringRecorder())
    }
    static let table = """
        create table recorded_firing (
            id bigint generated always as identity, name text not null, due_at timestamptz not null, fired_at timestamptz not null)
        """

    private static let write = PostgresStatement(
        "recorded.write",
        "insert into recorded_firing (name, due_at, fired_at) select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[])")
    private var firings: [(event: TimerFired, firedAt: Date)] = []

    mutating func add(_ event: TimerFired, _ firedAt: Date) { firings.append((event, firedAt)) }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        firings.isEmpty
            ? [] : [PostgresStep(Self.write, firings.map(\.event.name), firings.map(\.event.dueAt), firings.map(\.firedAt))]
    }
}

struct FiringRecorder: Handler {
    func requestRows(for input: TimerFired, in rows: inout RecordedFiringRows) {}

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout RecordedFiringRows, output: inout HandlerOutput) throws {
        rows.add(input, context.now)
    }
}

struct NoRows: UnitOfWork {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}
