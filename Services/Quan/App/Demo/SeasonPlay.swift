import Foundation
import Kernel
import Messages
import Messaging
import Season

/// Plays a season from the first order to the last payment: takes the agenda day by day, plays each part of a day with many at once, and
/// moves the clock on when the day's acts are done.
///
/// Nothing about the totals hangs on who was faster: acts that compete for one thing are never played at the same time, except in races,
/// whose orders are alike.
actor SeasonPlay {
    /// What the play has come to.
    struct Result: Sendable {
        let tally: Tally
        let scenes: [Scene]
        /// When each kind of interruption was, as far as there was to be one and it came to it.
        var struck: [Interruption.Moment: Interruption.Struck] = [:]
    }

    private let season: Season
    private let desk: any SeasonDesk
    private let clock: any SeasonClock
    private let progress: SeasonProgress
    private var stage: StageProps
    private var agenda = Agenda()
    private var scenes: [Scene] = []
    private var firstOrders: [[Int]: CalendarDate] = [:]
    private var tally = Tally()
    private let interruptions: [Interruption]
    private var struck: [Interruption.Moment: Interruption.Struck] = [:]

    /// How many requests are under way at once at most.
    static let togetherAtMost = 256
    /// The hour of the day at which acts are played.
    private static let hour = 9
    /// When the last payments are through.
    static let lastDay = CalendarDate.known("2026-11-13")

    init(
        _ season: Season, desk: any SeasonDesk, clock: any SeasonClock, stage: StageProps, progress: SeasonProgress,
        interruptions: [Interruption] = []
    ) {
        self.season = season
        self.desk = desk
        self.clock = clock
        self.stage = stage
        self.progress = progress
        self.interruptions = interruptions
    }

    /// Plays it all.
    func run() async throws -> Result {
        try await setUp()
        for plot in season.orders { agenda.add(Act(kind: .place, order: add(plot)), on: plot.day) }
        var day = Season.opens
        while day <= Self.lastDay {
            let strike = striking(at: .clock, on: day)
            async let blow: Void? = strike?()
            try await moveClock(to: day)
            try await blow
            progress.tell(day, tally)
            while let acts = agenda.take(on: day) { try await play(acts, on: day) }
            for race in season.races where race.day == day { try await run(race) }
            if isPayday(day) { try await pay(on: day) }
            day = nextDay(after: day)
        }
        try await settle()
        return Result(tally: tally, scenes: scenes, struck: struck)
    }

    /// The next day on which anything is to be done.
    private func nextDay(after day: CalendarDate) -> CalendarDate {
        let tomorrow = day.later(by: 1)
        let paydays = (0..<7).map { tomorrow.later(by: $0) }.first(where: isPayday)
        let race = season.races.map(\.day).filter { $0 > day }.min()
        return [agenda.nextDay.map { max($0, tomorrow) }, paydays, race].compactMap { $0 }.min() ?? tomorrow
    }

    private func isPayday(_ day: CalendarDate) -> Bool { Season.opens.days(until: day) % 7 == 3 }

    private func add(_ plot: OrderPlot) -> Int {
        scenes.append(Scene(plot, index: scenes.count))
        return scenes.count - 1
    }

    // MARK: acts

    private func play(_ acts: [Act], on day: CalendarDate) async throws {
        let chained = Dictionary(grouping: acts) { act -> Act.Chain in
            switch act.kind {
            case .place: .product(scenes[act.order].plot.product)
            case .contract, .confirmContract: .enterprise(scenes[act.order].plot.enterprise)
            default: .order(act.order)
            }
        }
        // The longest first: the others are done meanwhile.
        let chains = chained.values.sorted { ($1.count, $0[0].order) < ($0.count, $1[0].order) }
        // With one chain nothing else would be under way.
        let moment = chains.count > 1 ? acts.lazy.compactMap(\.kind.moment).first : nil
        let strike = moment.flatMap { striking(at: $0, on: day) }
        let played = try await together(chains, striking: strike) { [stage, scenes, desk] chain in
            var answers: [(act: Act, answer: DeskAnswer?)] = []
            for act in chain {
                answers.append((act, try await Self.play(act, scenes[act.order], on: day, with: stage, at: desk)))
            }
            return answers
        }
        for (act, answer) in played.flatMap({ $0 }) { try take(answer, to: act, on: day) }
    }

    /// Plays one act: the answer, or nil where there was none in time.
    private static func play(
        _ act: Act, _ scene: Scene, on day: CalendarDate, with stage: StageProps, at desk: any SeasonDesk
    ) async throws -> DeskAnswer? {
        try await answer(try await stage.request(for: act, scene, on: day, at: desk), at: desk)
    }

    /// The answer, or nil where there was none in time.
    private static func answer(_ request: DeskRequest, at desk: any SeasonDesk) async throws -> DeskAnswer? {
        do {
            return try await desk.submit(request)
        } catch is NoAnswer {
            return nil
        }
    }

    private func take(_ answer: DeskAnswer?, to act: Act, on day: CalendarDate) throws {
        guard let answer else {
            tally.unanswered += 1
            return
        }
        tally.count(act.kind, took: answer.took, refusal: answer.refusal)
        if answer.refusal == nil {
            scenes[act.order].last = act.kind
            try note(act, answer, on: day)
        }
        for next in Plotline.after(act, succeeded: answer.refusal == nil, scenes[act.order], on: day) { agenda.add(next.act, on: next.day) }
    }

    private func note(_ act: Act, _ answer: DeskAnswer, on day: CalendarDate) throws {
        switch act.kind {
        case .place:
            let placed = try answer.result(PlacedOrder.self)
            let pair = [scenes[act.order].plot.enterprise, scenes[act.order].plot.product]
            if firstOrders[pair] == nil { firstOrders[pair] = day }
            scenes[act.order].orderID = placed.orderID
            scenes[act.order].number = placed.number
            scenes[act.order].voucher = placed.voucherFen
            scenes[act.order].firstPlacedOn = firstOrders[pair] ?? day
        case .contract:
            scenes[act.order].contractedOn = day
            scenes[act.order].pending = try answer.result(RecordedContract.self).pendingVoucherFen
        case .confirmContract: scenes[act.order].pending = nil
        case .determine: scenes[act.order].determined = stage.determined(scenes[act.order])
        default: break
        }
    }

    /// All that is to be done at that moment, if it is the first such one after half of the orders were placed.
    private func striking(at moment: Interruption.Moment, on day: CalendarDate) -> (@Sendable () async throws -> Void)? {
        let due = interruptions.filter { $0.moment == moment }
        guard !due.isEmpty, struck[moment] == nil, tally.done(.place) * 2 >= season.orders.count else { return nil }
        struck[moment] = Interruption.Struck(day: day, actsBefore: tally.answered)
        return { for interruption in due { try await interruption.strike() } }
    }

    /// Works on all of them, so many at once, and gives the results in their order. `strike` is done when the first of them has its answer and
    /// the others are under way.
    private func together<Item: Sendable, Output: Sendable>(
        _ items: [Item], striking strike: (@Sendable () async throws -> Void)? = nil,
        _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var results: [Output?] = Array(repeating: nil, count: items.count)
            var started = 0
            var isStruck = false
            func start() {
                guard started < items.count else { return }
                let (place, item) = (started, items[started])
                started += 1
                group.addTask { (place, try await work(item)) }
            }
            for _ in 0..<Self.togetherAtMost { start() }
            tally.mostInFlight = max(tally.mostInFlight, min(items.count, Self.togetherAtMost))
            while let (place, output) = try await group.next() {
                results[place] = output
                start()
                if !isStruck { try await strike?() }
                isStruck = true
            }
            return results.compactMap { $0 }
        }
    }

    // MARK: what is not about one order

    private func setUp() async throws {
        for (title, requests) in try stage.settingUp() {
            progress.say("\(title.rawValue): \(requests.count)")
            let answers = try await together(requests) { [desk] request in try await Self.answer(request, at: desk) }
            tally.unanswered += answers.count { $0 == nil }
            for refusal in answers.compactMap({ $0?.refusal }) { tally.count(refusal) }
            stage.note(title, answers.compactMap { $0 })
        }
    }

    /// Everybody at once for the last vouchers; the winners' orders are like any other from then on.
    private func run(_ race: RacePlot) async throws {
        let entries = race.enterprises.map { enterprise in
            Act(kind: .place, order: add(OrderPlot(racing: race, enterprise: enterprise, number: scenes.count)))
        }
        let answers = try await together(entries) { [stage, scenes, desk] act in
            (act, try await Self.play(act, scenes[act.order], on: race.day, with: stage, at: desk))
        }
        for (act, answer) in answers { try take(answer, to: act, on: race.day) }
    }

    /// One batch of all that is due, approved by a second person; and a new attempt for what the bank has rejected.
    /// Returns whether there was anything to pay.
    @discardableResult
    private func pay(on day: CalendarDate, round: Int = 0) async throws -> Bool {
        let rejected = try await stage.all(DisbursementSnapshot.self, "disbursements?state=rejected", at: desk)
        let retries = try rejected.map { try stage.retrying($0) }
        let retried = try await together(retries) { [desk] request in try await Self.answer(request, at: desk) }
        tally.unanswered += retried.count { $0 == nil }
        guard let batch = try await counted(try stage.batching(on: day, round: round)), batch.refusal == nil else {
            return !retries.isEmpty
        }
        guard let approved = try await counted(try stage.approving(batch.id)) else { return true }
        if approved.refusal == nil { try await striking(at: .payments, on: day)?() }
        return true
    }

    /// The answer to a request that is no act of an order; one that has none is counted.
    private func counted(_ request: DeskRequest) async throws -> DeskAnswer? {
        let answer = try await Self.answer(request, at: desk)
        if answer == nil { tally.unanswered += 1 }
        return answer
    }

    /// The last payments, and the refunds that come after them.
    private func settle() async throws {
        progress.say("the last payments")
        for round in 1...6 {
            try await untilBankAnswered()
            let isPaying = try await pay(on: Self.lastDay, round: round)
            try await moveClock(to: Self.lastDay.later(by: round))
            if !isPaying { break }
        }
        try await untilBankAnswered()
        let paid = try await stage.all(DisbursementSnapshot.self, "disbursements?state=paid", at: desk)
        let byOrder = Dictionary(paid.map { ($0.orderID, $0.disbursementID) }) { first, _ in first }
        let day = Self.lastDay.later(by: 7)
        for index in scenes.indices where scenes[index].plot.isRefunded {
            guard let id = scenes[index].orderID.flatMap({ byOrder[$0] }) else { continue }
            scenes[index].disbursementID = id
            agenda.add(Act(kind: .reportRefund, order: index), on: day)
        }
        for later in 0...4 { while let acts = agenda.take(on: day.later(by: later)) { try await play(acts, on: day.later(by: later)) } }
        try await moveClock(to: day.later(by: 5))
    }

    /// Moves the clock on to the hour of that day at which acts are played.
    private func moveClock(to day: CalendarDate) async throws {
        guard let instant = BeijingTime.instant(on: day, hour: Self.hour) else { return }
        let began = ContinuousClock.now
        try await clock.advance(to: instant)
        tally.countClock(took: .now - began)
    }

    /// Waits until the bank owes no answer, for a bounded time: the bank lives by the wall clock.
    private func untilBankAnswered() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let under = try await stage.all(DisbursementSnapshot.self, "disbursements?state=sent", at: desk)
            let approved = try await stage.all(DisbursementSnapshot.self, "disbursements?state=approved", at: desk)
            if under.isEmpty, approved.isEmpty { return }
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}
