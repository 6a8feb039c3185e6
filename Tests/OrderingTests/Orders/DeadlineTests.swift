import Foundation
import Kernel
import OrderingDomain
import Programme
import Testing

@Suite("Deadlines of orders")
struct DeadlineTests {
    @Test(
        "BJ26-30, IN-01: 5 working days end at 24:00 in Beijing of the fifth, through holidays and the make-up day",
        arguments: [
            ("2026-04-03", "12:00:00", "2026-04-13"),  // the eve of Qingming: 7, 8, 9, 10, 13
            ("2026-04-30", "23:59:59", "2026-05-11"),  // the eve of Labour Day: 6, 7, 8, 9 (made up), 11
            ("2026-05-01", "00:00:00", "2026-05-11"),  // a second later it is a holiday
            ("2026-05-08", "12:00:00", "2026-05-14"),  // over the make-up day: 9, 11, 12, 13, 14
            ("2026-05-09", "23:59:59", "2026-05-15"),  // on the make-up day itself
            ("2026-05-10", "00:00:00", "2026-05-15"),
            ("2026-06-18", "12:00:00", "2026-06-26"),  // the eve of Dragon Boat: 22, 23, 24, 25, 26
            ("2026-08-31", "23:59:59", "2026-09-07"),  // the last day of the window; acceptance may come after it
        ])
    func lastDay(day: String, time: String, last: String) throws {
        var scenario = try OrderScenario()
        let placed = try scenario.place(yuan(10), at: try beijing(day, time))
        let due = BeijingTime.endOfDay(try CalendarDate(last))
        #expect(placed.dueAt == due)
        let order = placed.order
        try scenario.take(Deciding.confirmCredit, order, by: .platform, at: try beijing(day, time))
        var late = scenario
        #expect(try scenario.take("accept-order", order, by: scenario.seller, at: due.addingTimeInterval(-1)).order.state == "accepted")
        #expect(try refusal { try late.take("accept-order", order, by: late.seller, at: due) }?.slug == "order-expired")
    }

    @Test("placing schedules the decision timer; accepting cancels it and schedules the contract timer; recording cancels that")
    func timers() throws {
        var scenario = try OrderScenario()
        let now = try beijing("2026-05-20")
        func names(_ change: OrderChange) -> [String] {
            change.timers.map { timer in
                switch timer {
                case .schedule(let rule, .due(let due)):
                    "set \(rule.id) \((try? BeijingTime.date(at: due.addingTimeInterval(-1)))?.description ?? "")"
                case .schedule(let rule, .provisional): "set \(rule.id) later"
                case .cancel(let rule): "cancel \(rule.id)"
                }
            }
        }
        let placed = try scenario.place(yuan(10), at: now)
        #expect(names(placed) == ["set decision 2026-05-27"])
        #expect(placed.asksCredit)
        let confirmed = try scenario.take(Deciding.confirmCredit, placed.order, by: .platform, at: now)
        #expect(names(confirmed) == [])
        #expect(!confirmed.asksCredit)
        #expect(
            names(try scenario.take("accept-order", placed.order, by: scenario.seller, at: now)) == [
                "set contract 2026-09-21", "cancel decision",
            ])
        let contract = try scenario.contract(placed.order, totalYuan: 1_000, voucher: yuan(10), on: "2026-05-20")
        #expect(names(try scenario.record(contract, placed.order, at: now)) == ["cancel contract"])
    }

    @Test("a timer that fires early, late, repeatedly, or for a state that was left has no effect")
    func firings() throws {
        var scenario = try OrderScenario()
        let order = try scenario.place(yuan(10), at: try beijing("2026-05-20")).order
        let due = try beijing("2026-05-28", "00:00:00")
        #expect(try scenario.lapse("decision", order, dueAt: due, at: due.addingTimeInterval(-1)) == nil)
        #expect(try scenario.lapse("decision", order, dueAt: due.addingTimeInterval(-86_400), at: due) == nil)
        #expect(try scenario.lapse("contract", order, dueAt: due, at: due) == nil)
        #expect(try scenario.lapse("nothing", order, dueAt: due, at: due) == nil)
        var accepted = scenario
        try accepted.take(Deciding.confirmCredit, order, by: .platform, at: due.addingTimeInterval(-2))
        try accepted.take("accept-order", order, by: accepted.seller, at: due.addingTimeInterval(-1))
        #expect(try accepted.lapse("decision", order, dueAt: due, at: due.addingTimeInterval(30)) == nil)
        #expect(try scenario.lapse("decision", order, dueAt: due, at: due.addingTimeInterval(3 * 86_400))?.order.state == "expired")
        #expect(try scenario.lapse("decision", order, dueAt: due, at: due.addingTimeInterval(3 * 86_400)) == nil)
        #expect(scenario.drawn("enterprise-year") == 0)
        let late = try refusal { try scenario.take("accept-order", order, by: scenario.seller, at: due.addingTimeInterval(-1)) }
        #expect(late?.slug == "order-expired", "the recorded state stays: \(late?.clauses ?? [])")
    }

    @Test("BJ26-40: an accepted order without a contract lapses when redemption closes, and releases its reservations")
    func contractLapse() throws {
        var scenario = try OrderScenario()
        let order = try scenario.accepted(yuan(10), at: try beijing("2026-05-20"))
        let due = try beijing("2026-09-22", "00:00:00")
        #expect(try scenario.lapse("contract", order, dueAt: due, at: due)?.order.state == "lapsed")
        #expect(scenario.drawn("product-stock") == 0)
    }
}
