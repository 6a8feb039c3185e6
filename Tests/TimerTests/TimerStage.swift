import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import Timer

/// The timer, an owner of timers that notes down what fires, and the operator's tool.
struct TimerStage {
    let stage: MessagingStage
    let timer: RunningService<TimerRows>
    let owner: RunningService<FiredRows>
    let operatorTool: RunningService<NoRows>
    let clock: FixedClock

    static let start = Date(timeIntervalSince1970: 1_780_000_000)

    static func with(_ play: (TimerStage) async throws -> Void) async throws {
        try await MessagingStage.with(services: ["timer", "ordering", "quan"]) { stage in
            let pool = try await stage.database("timer", tables: TimerTables.sql)
            let owner = try stage.start(
                FiredRows.contents, on: try await stage.database("ordering", tables: FiredRows.table), options: options)
            let operatorTool = try stage.start(
                Contents(service: "quan", rows: NoRows.self, asks: ["timer"]) {}, on: try await stage.database("quan"), options: options)
            try await play(
                TimerStage(
                    stage: stage, timer: try stage.start(TimerContents.contents, on: pool, options: options), owner: owner,
                    operatorTool: operatorTool, clock: FixedClock(start)))
        }
    }

    static var options: MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.commandTimeBounds = .unbounded
        return options
    }

    /// A firing loop of an instance.
    func loop(
        _ instance: RunningService<TimerRows>? = nil, time: FiringTime? = nil, faults: FaultHook? = nil
    ) -> FiringLoop {
        FiringLoop(
            pool: timer.pool, speaker: (instance ?? timer).runtime.speaker, time: time ?? .wall(clock), pause: .milliseconds(5),
            measures: TimerMeasures(), faults: faults)
    }

    /// Turns until as many timers have fired, and returns how many did. A timer whose row a message has in hand is left to a later turn, and
    /// a message may be said twice: a reader whose log is new has it all said again.
    func fire(_ count: Int) async throws -> Int {
        var fired = 0
        try await eventually("\(count) timers fire") {
            fired += try await loop().turn()
            return fired >= count
        }
        return fired
    }

    func tending(_ calendar: WorkingDayCalendar = .stateCouncil, retention: Duration = .seconds(86_400)) -> Tending {
        Tending(
            pool: timer.pool, time: .wall(clock), calendar: calendar, retention: retention, measures: TimerMeasures(), logger: stage.logger)
    }

    /// Sends a command as a service would, and gives its outcome.
    func ask<C: Command, Rows: WorkingRows>(_ command: C, as service: RunningService<Rows>) async throws -> Outcome {
        let key = UUID().uuidString
        let id = try await service.runtime.requests.accept(
            command, key: "subject",
            from: Requests.Caller(
                organisation: "org", operation: "ask", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)),
                receivedAt: clock.now()))
        return try #require(try await service.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// Schedules a timer of the owner's so many seconds after the start.
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

    /// What fired, in order, as "name at told" with instants in seconds after the start.
    func fired(_ count: Int) async throws -> [String] {
        try await eventually("\(count) timers have fired") { try await owner.number("select count(*) from fired") >= count }
        return try await owner.pool.withConnection { connection in
            try await connection.query(PostgresStatement("fired", "select name, due_at, told_at from fired order by id"))
                .decode(String.self, Date.self, Date.self).map { name, due, told in
                    "\(name) \(Int(due.timeIntervalSince(Self.start))) \(Int(told.timeIntervalSince(Self.start)))"
                }
        }
    }
}

/// What an owner was told of. Nothing here keeps a double out.
struct FiredRows: WorkingRows {
    static let contents = Contents(service: "ordering", rows: FiredRows.self, commandsFrom: [], asks: ["timer"]) {
        Follows(FiredHandler())
    }
    static let table = """
        create table fired (
            id bigint generated always as identity, name text not null, due_at timestamptz not null, told_at timestamptz not null)
        """

    private static let write = PostgresStatement(
        "fired.write",
        "insert into fired (name, due_at, told_at) select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[])")
    private var fired: [(event: TimerFired, told: Date)] = []

    mutating func add(_ event: TimerFired, _ told: Date) { fired.append((event, told)) }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        fired.isEmpty ? [] : [PostgresStep(Self.write, fired.map(\.event.name), fired.map(\.event.dueAt), fired.map(\.told))]
    }
}

struct FiredHandler: Handler {
    func wants(_ input: TimerFired, in rows: inout FiredRows) {}

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout FiredRows, say: inout Said) throws {
        rows.add(input, context.now)
    }
}

struct NoRows: WorkingRows {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}
