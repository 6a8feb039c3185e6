import Foundation
import Kernel
public import Programme

/// Decides about orders of one version of a programme, at one instant. Every city's difference is in the programme.
public struct Deciding: Sendable {
    /// The version the order is under.
    public let programme: Programme
    /// The instant that counts as now, the calendar, the announcements.
    public let circumstances: Circumstances

    /// Decisions by this programme.
    public init(programme: Programme, circumstances: Circumstances) {
        (self.programme, self.circumstances) = (programme, circumstances)
    }

    /// The procedure.
    public static let procedure = "order"
    /// The command that tells that a credit check was passed.
    public static let confirmCredit = "confirm-credit"
    /// The command that tells that it was not.
    public static let refuseCredit = "refuse-credit"

    var now: Date { circumstances.now }

    func today() throws(Refusal) -> CalendarDate {
        do { return try BeijingTime.date(at: now) } catch { throw PlatformRule.commandOutsideTimeWindow.refusal() }
    }

    /// The deadlines that run for an order in its state, and until when.
    func running(_ order: Order) -> [(rule: DeadlineRule, deadline: Deadline)] {
        programme.deadlines(
            of: Self.procedure, in: order.state, taken: order.progress.taken, calendar: circumstances.calendar,
            announcements: circumstances.announcements)
    }

    /// Whether an order in that state waits for its enterprise's credit to be confirmed.
    func waitsForCredit(_ state: String) -> Bool {
        programme.steps(procedure: Self.procedure, from: state).contains {
            $0.command == Self.confirmCredit && !Actor.platform.roles.isDisjoint(with: $0.by)
        }
    }

    /// The change from one order to another, with what becomes of its timers. A deadline that has just passed has no timer any more.
    func change(
        from before: Order?, to after: Order, step: String, clauses: [String], reason: String? = nil, passed: String? = nil
    ) -> OrderChange {
        let old = before.map(running) ?? []
        let new = running(after)
        var timers: [OrderChange.Timer] = []
        for (rule, deadline) in new where !old.contains(where: { $0.rule.id == rule.id && $0.deadline == deadline }) {
            timers.append(.schedule(rule, deadline))
        }
        for (rule, _) in old where rule.id != passed && !new.contains(where: { $0.rule.id == rule.id }) { timers.append(.cancel(rule)) }
        return OrderChange(
            order: after, step: step, from: before?.state, reason: reason, at: now, timers: timers,
            dueAt: new.compactMap(\.deadline.instant).min(),
            asksCredit: waitsForCredit(after.state) && !(before.map { waitsForCredit($0.state) } ?? false), clauses: clauses)
    }

    /// A text that somebody gives with a command: not blank, and of a length people read.
    static func check(_ text: String, _ field: String, atMost characters: Int) throws(Refusal) {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw PlatformRule.malformedMessage.refusal().comparing("missing", field, .code)
        }
        guard text.count <= characters else {
            throw PlatformRule.malformedMessage.refusal()
                .comparing("given", text.count, .characters).comparing("limit", characters, .characters).comparing("field", field, .code)
        }
    }
}
