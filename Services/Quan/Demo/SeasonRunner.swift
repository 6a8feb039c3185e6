import Foundation
import Kernel
import Messages
import Messaging
import Season

/// Runs a season from the first order to the last payment: runs the actions of each day group by group, many concurrently, and then
/// advances the clock.
///
/// The totals do not depend on timing: competing actions never run concurrently, except in races, whose orders are equal.
actor SeasonRunner {
    /// The result of a run.
    struct Result: Sendable {
        let tally: Tally
        let orders: [SeasonOrder]
        /// When the interruptions of each moment happened, for those that did.
        var occurrences: [Interruption.Moment: Interruption.Occurrence] = [:]
    }

    private let season: Season
    private let portal: any SeasonPortal
    private let clock: any SeasonClock
    private let progress: SeasonProgress
    private var fixtures: SeasonFixtures
    private var agenda = Agenda()
    private var orders: [SeasonOrder] = []
    private var firstOrders: [[Int]: CalendarDate] = [:]
    private var tally = Tally()
    private let interruptions: [Interruption]
    private var occurrences: [Interruption.Moment: Interruption.Occurrence] = [:]

    /// The maximum number of concurrent requests.
    static let maximumRequestsInFlight = 256
    /// The hour of the day, Beijing time, at which actions run.
    private static let hour = 9
    /// The day by which the last payments are complete.
    static let lastDay = CalendarDate.known("2026-11-13")

    init(
        _ season: Season, portal: any SeasonPortal, clock: any SeasonClock, fixtures: SeasonFixtures, progress: SeasonProgress,
        interruptions: [Interruption] = []
    ) {
        self.season = season
        self.portal = portal
        self.clock = clock
        self.fixtures = fixtures
        self.progress = progress
        self.interruptions = interruptions
    }

    /// Runs the whole season.
    func run() async throws -> Result {
        try await setUp()
        for scenario in season.orders { agenda.add(SeasonAction(kind: .place, order: add(scenario)), on: scenario.day) }
        var day = Season.opens
        while day <= Self.lastDay {
            let interrupt = interruption(at: .clock, on: day)
            async let interrupting: Void? = interrupt?()
            try await moveClock(to: day)
            try await interrupting
            progress.update(day, tally)
            while let actions = agenda.take(on: day) { try await perform(actions, on: day) }
            for race in season.races where race.day == day { try await run(race) }
            if isPayday(day) { try await pay(on: day) }
            day = nextDay(after: day)
        }
        try await completePayments()
        return Result(tally: tally, orders: orders, occurrences: occurrences)
    }

    /// The next day with an action, a race or a payment run.
    private func nextDay(after day: CalendarDate) -> CalendarDate {
        let tomorrow = day.later(by: 1)
        let paydays = (0..<7).map { tomorrow.later(by: $0) }.first(where: isPayday)
        let race = season.races.map(\.day).filter { $0 > day }.min()
        return [agenda.nextDay.map { max($0, tomorrow) }, paydays, race].compactMap { $0 }.min() ?? tomorrow
    }

    private func isPayday(_ day: CalendarDate) -> Bool { Season.opens.days(until: day) % 7 == 3 }

    private func add(_ scenario: OrderScenario) -> Int {
        orders.append(SeasonOrder(scenario, index: orders.count))
        return orders.count - 1
    }

    // MARK: actions

    private func perform(_ actions: [SeasonAction], on day: CalendarDate) async throws {
        let chained = Dictionary(grouping: actions) { action -> SeasonAction.Chain in
            switch action.kind {
            case .place: .product(orders[action.order].scenario.product)
            case .contract, .confirmContract: .enterprise(orders[action.order].scenario.enterprise)
            default: .order(action.order)
            }
        }
        // The longest chains start first, so that the others run in the meantime.
        let chains = chained.values.sorted { ($1.count, $0[0].order) < ($0.count, $1[0].order) }
        // A single chain would leave no concurrent request to interrupt.
        let moment = chains.count > 1 ? actions.lazy.compactMap(\.kind.moment).first : nil
        let interrupt = moment.flatMap { interruption(at: $0, on: day) }
        let performed = try await inParallel(chains, interruptedBy: interrupt) { [fixtures, orders, portal] chain in
            var answers: [(action: SeasonAction, answer: PortalAnswer?)] = []
            for action in chain {
                answers.append((action, try await Self.perform(action, orders[action.order], on: day, with: fixtures, at: portal)))
            }
            return answers
        }
        for (action, answer) in performed.flatMap({ $0 }) { try handle(answer, to: action, on: day) }
    }

    /// Performs one action. Returns the answer, or nil after a timeout.
    private static func perform(
        _ action: SeasonAction, _ order: SeasonOrder, on day: CalendarDate, with fixtures: SeasonFixtures, at portal: any SeasonPortal
    ) async throws -> PortalAnswer? {
        try await submit(try await fixtures.request(for: action, order, on: day, at: portal), at: portal)
    }

    /// Submits a request. Returns the answer, or nil after a timeout.
    private static func submit(_ request: PortalRequest, at portal: any SeasonPortal) async throws -> PortalAnswer? {
        do {
            return try await portal.submit(request)
        } catch is AnswerTimeout {
            return nil
        }
    }

    private func handle(_ answer: PortalAnswer?, to action: SeasonAction, on day: CalendarDate) throws {
        guard let answer else {
            tally.unanswered += 1
            return
        }
        tally.count(action.kind, took: answer.took, refusal: answer.refusal)
        if answer.refusal == nil {
            orders[action.order].last = action.kind
            try record(answer, to: action, on: day)
        }
        for next in FollowUps.after(action, succeeded: answer.refusal == nil, orders[action.order], on: day) {
            agenda.add(next.action, on: next.day)
        }
    }

    private func record(_ answer: PortalAnswer, to action: SeasonAction, on day: CalendarDate) throws {
        switch action.kind {
        case .place:
            let placed = try answer.result(PlacedOrder.self)
            let pair = [orders[action.order].scenario.enterprise, orders[action.order].scenario.product]
            if firstOrders[pair] == nil { firstOrders[pair] = day }
            orders[action.order].orderID = placed.orderID
            orders[action.order].number = placed.number
            orders[action.order].voucher = placed.voucherFen
            orders[action.order].firstPlacedOn = firstOrders[pair] ?? day
        case .contract:
            orders[action.order].contractedOn = day
            orders[action.order].pending = try answer.result(RecordedContract.self).pendingVoucherFen
        case .confirmContract: orders[action.order].pending = nil
        case .determine: orders[action.order].determined = fixtures.determined(orders[action.order])
        default: break
        }
    }

    /// All interruptions of that moment, if it is the first such moment after half of the orders were placed.
    private func interruption(at moment: Interruption.Moment, on day: CalendarDate) -> (@Sendable () async throws -> Void)? {
        let due = interruptions.filter { $0.moment == moment }
        guard !due.isEmpty, occurrences[moment] == nil, tally.done(.place) * 2 >= season.orders.count else { return nil }
        occurrences[moment] = Interruption.Occurrence(day: day, actionsBefore: tally.answered)
        return { for interruption in due { try await interruption.perform() } }
    }

    /// Runs `work` for all items, at most `maximumRequestsInFlight` concurrently, and returns the results in the items' order. `interrupt`
    /// runs when the first item is complete and others are in flight.
    private func inParallel<Item: Sendable, Output: Sendable>(
        _ items: [Item], interruptedBy interrupt: (@Sendable () async throws -> Void)? = nil,
        _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var results: [Output?] = Array(repeating: nil, count: items.count)
            var started = 0
            var isInterrupted = false
            func start() {
                guard started < items.count else { return }
                let (index, item) = (started, items[started])
                started += 1
                group.addTask { (index, try await work(item)) }
            }
            for _ in 0..<Self.maximumRequestsInFlight { start() }
            tally.maximumInFlight = max(tally.maximumInFlight, min(items.count, Self.maximumRequestsInFlight))
            while let (index, output) = try await group.next() {
                results[index] = output
                start()
                if !isInterrupted { try await interrupt?() }
                isInterrupted = true
            }
            return results.compactMap { $0 }
        }
    }

    // MARK: set-up, races and payments

    private func setUp() async throws {
        for (step, requests) in try fixtures.setUpRequests() {
            progress.report("\(step.rawValue): \(requests.count)")
            let answers = try await inParallel(requests) { [portal] request in try await Self.submit(request, at: portal) }
            tally.unanswered += answers.count { $0 == nil }
            for refusal in answers.compactMap({ $0?.refusal }) { tally.count(refusal) }
            fixtures.record(step, answers.compactMap { $0 })
        }
    }

    /// Places all orders of a race concurrently. Accepted orders continue like any other order.
    private func run(_ race: RaceScenario) async throws {
        let entries = race.enterprises.map { enterprise in
            SeasonAction(kind: .place, order: add(OrderScenario(racing: race, enterprise: enterprise, number: orders.count)))
        }
        let answers = try await inParallel(entries) { [fixtures, orders, portal] action in
            (action, try await Self.perform(action, orders[action.order], on: race.day, with: fixtures, at: portal))
        }
        for (action, answer) in answers { try handle(answer, to: action, on: race.day) }
    }

    /// Creates a payout batch of all due disbursements, has a second officer approve it, and retries disbursements that the bank rejected.
    /// Returns whether anything was due.
    @discardableResult
    private func pay(on day: CalendarDate, round: Int = 0) async throws -> Bool {
        let rejected = try await fixtures.all(DisbursementSnapshot.self, "disbursements?state=rejected", at: portal)
        let retries = try rejected.map { try fixtures.retryRequest($0) }
        let retried = try await inParallel(retries) { [portal] request in try await Self.submit(request, at: portal) }
        tally.unanswered += retried.count { $0 == nil }
        guard let batch = try await submitCounted(try fixtures.batchRequest(on: day, round: round)), batch.refusal == nil else {
            return !retries.isEmpty
        }
        guard let approved = try await submitCounted(try fixtures.approvalRequest(batch.id)) else { return true }
        if approved.refusal == nil { try await interruption(at: .payments, on: day)?() }
        return true
    }

    /// Submits a request that is not an action on an order, and counts a timeout.
    private func submitCounted(_ request: PortalRequest) async throws -> PortalAnswer? {
        let answer = try await Self.submit(request, at: portal)
        if answer == nil { tally.unanswered += 1 }
        return answer
    }

    /// Makes the last payments, and then reports the planned refunds.
    private func completePayments() async throws {
        progress.report("the last payments")
        for round in 1...6 {
            try await waitUntilBankAnswered()
            let isPaying = try await pay(on: Self.lastDay, round: round)
            try await moveClock(to: Self.lastDay.later(by: round))
            if !isPaying { break }
        }
        try await waitUntilBankAnswered()
        let paid = try await fixtures.all(DisbursementSnapshot.self, "disbursements?state=paid", at: portal)
        let byOrder = Dictionary(paid.map { ($0.orderID, $0.disbursementID) }) { first, _ in first }
        let day = Self.lastDay.later(by: 7)
        for index in orders.indices where orders[index].scenario.isRefunded {
            guard let id = orders[index].orderID.flatMap({ byOrder[$0] }) else { continue }
            orders[index].disbursementID = id
            agenda.add(SeasonAction(kind: .reportRefund, order: index), on: day)
        }
        for later in 0...4 {
            while let actions = agenda.take(on: day.later(by: later)) { try await perform(actions, on: day.later(by: later)) }
        }
        try await moveClock(to: day.later(by: 5))
    }

    /// Advances the clock to the hour of that day at which actions run.
    private func moveClock(to day: CalendarDate) async throws {
        guard let instant = BeijingTime.instant(on: day, hour: Self.hour) else { return }
        let began = ContinuousClock.now
        try await clock.advance(to: instant)
        tally.countClock(took: .now - began)
    }

    /// Waits up to 30 s until every instruction has the bank's answer; the bank uses the wall clock.
    private func waitUntilBankAnswered() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let sent = try await fixtures.all(DisbursementSnapshot.self, "disbursements?state=sent", at: portal)
            let approved = try await fixtures.all(DisbursementSnapshot.self, "disbursements?state=approved", at: portal)
            if sent.isEmpty, approved.isEmpty { return }
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}
