import Foundation
import Kernel
import Season

/// Plays a season from the first order to the last payment: takes the agenda day by day, plays each kind of act with many at once, and
/// moves the clock on when the day's acts are done.
///
/// Nothing about the totals hangs on who was faster: acts that compete for one thing are never played at the same time, except in races,
/// whose orders are alike.
actor SeasonPlay {
    /// What the play has come to.
    struct Result: Sendable {
        let tally: Tally
        let scenes: [Scene]
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

    /// How many requests are under way at once at most.
    static let togetherAtMost = 64
    /// The hour of the day at which acts are played.
    private static let hour = 9
    /// When the last payments are through.
    static let lastDay = CalendarDate.known("2026-11-13")

    init(_ season: Season, desk: any SeasonDesk, clock: any SeasonClock, stage: StageProps, progress: SeasonProgress) {
        self.season = season
        self.desk = desk
        self.clock = clock
        self.stage = stage
        self.progress = progress
    }

    /// Plays it all.
    func run() async throws -> Result {
        try await setUp()
        for plot in season.orders { agenda.add(Act(kind: .place, order: add(plot)), on: plot.day) }
        var day = Season.opens
        while day <= Self.lastDay {
            if let instant = BeijingTime.instant(on: day, hour: Self.hour) { try await clock.advance(to: instant) }
            progress.tell(day, tally)
            while let acts = agenda.take(on: day) { try await play(acts, on: day) }
            for race in season.races where race.day == day { try await run(race) }
            if isPayday(day) { try await pay(on: day) }
            day = nextDay(after: day)
        }
        try await settle()
        return Result(tally: tally, scenes: scenes)
    }

    /// The next day on which anything is to be done.
    private func nextDay(after day: CalendarDate) -> CalendarDate {
        let tomorrow = day.later(by: 1)
        let paydays = (0..<7).map { tomorrow.later(by: $0) }.first(where: isPayday)
        let race = season.races.map(\.day).filter { $0 > day }.min()
        return [agenda.nextDay.map { max($0, tomorrow) }, paydays, race].compactMap { $0 }.min() ?? tomorrow
    }

    private func isPayday(_ day: CalendarDate) -> Bool { Season.opens.days(until: day) % 7 == 4 }

    private func add(_ plot: OrderPlot) -> Int {
        scenes.append(Scene(plot))
        return scenes.count - 1
    }

    // MARK: acts

    private func play(_ acts: [Act], on day: CalendarDate) async throws {
        // Orders for one product are placed one after another, so that the plan and not chance says who gets its last voucher.
        let lanes = Dictionary(grouping: acts) { $0.kind == .place ? scenes[$0.order].plot.product : $0.order }
        let chains = lanes.sorted { $0.key < $1.key }.map(\.value)
        let played = try await together(chains) { [stage, scenes, desk] chain in
            var answers: [(act: Act, answer: DeskAnswer?)] = []
            for act in chain {
                let request = try stage.request(for: act, scenes[act.order], on: day)
                answers.append((act, try await Self.answer(request, at: desk)))
            }
            return answers
        }
        for (act, answer) in played.flatMap({ $0 }) { try take(answer, to: act, on: day) }
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
            let placed = try stage.order(in: answer)
            let pair = [scenes[act.order].plot.enterprise, scenes[act.order].plot.product]
            if firstOrders[pair] == nil { firstOrders[pair] = day }
            scenes[act.order].orderID = placed.orderID
            scenes[act.order].number = placed.number
            scenes[act.order].voucher = placed.voucherFen
            scenes[act.order].firstPlacedOn = firstOrders[pair] ?? day
        case .contract: scenes[act.order].contractedOn = day
        case .determine: scenes[act.order].determined = stage.determined(scenes[act.order])
        default: break
        }
    }

    /// Works on all of them, so many at once, and gives the results in their order.
    private func together<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var results: [Output?] = Array(repeating: nil, count: items.count)
            var started = 0
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
            }
            return results.compactMap { $0 }
        }
    }

    // MARK: what is not about one order

    private func setUp() async throws {
        for (title, requests) in try stage.settingUp(season) {
            progress.say(title)
            let answers = try await together(requests) { [desk] request in try await Self.answer(request, at: desk) }
            for answer in answers {
                guard let answer else { throw NoAnswer(path: title, waited: .zero) }
                if let refusal = answer.refusal { tally.count(refusal) }
            }
            stage.note(title, answers.compactMap { $0 })
        }
    }

    /// Everybody at once for the last vouchers; the winners' orders are like any other from then on.
    private func run(_ race: RacePlot) async throws {
        let entries = race.enterprises.map { enterprise in
            Act(kind: .place, order: add(OrderPlot(racing: race, enterprise: enterprise, number: scenes.count)))
        }
        let answers = try await together(entries) { [stage, scenes, desk] act in
            (act, try await Self.answer(try stage.request(for: act, scenes[act.order], on: race.day), at: desk))
        }
        for (act, answer) in answers { try take(answer, to: act, on: race.day) }
    }

    private func pay(on day: CalendarDate) async throws {
        guard let (batch, approve) = try await stage.paying(desk, on: day) else { return }
        guard let answer = try await Self.answer(batch, at: desk), answer.refusal == nil else { return }
        _ = try await Self.answer(try approve(answer), at: desk)
        for request in try await stage.retrying(desk, on: day) { _ = try await Self.answer(request, at: desk) }
    }

    /// The last payments, and the refunds that come after them.
    private func settle() async throws {
        for _ in 0..<5 {
            try await stage.untilBankAnswered(desk)
            try await pay(on: Self.lastDay)
        }
        try await stage.untilBankAnswered(desk)
        for index in scenes.indices where scenes[index].plot.isRefunded && scenes[index].last.map(Self.endsInMoney) == true {
            agenda.add(Act(kind: .reportRefund, order: index), on: Self.lastDay)
        }
        var day = Self.lastDay
        while agenda.count > 0 {
            while let acts = agenda.take(on: day) { try await play(acts, on: day) }
            day = day.later(by: 1)
        }
    }

    private static func endsInMoney(_ kind: Act.Kind) -> Bool { kind == .publish || kind == .answer }
}

extension OrderPlot {
    /// An order of a race: like every other of that race.
    init(racing race: RacePlot, enterprise: Int, number: Int) {
        self.init(
            number: number, enterprise: enterprise, product: race.product, day: race.day, price: race.price, decision: .accept,
            decisionAfterDays: 1, contractAfterDays: 2, contractPrice: .same, mishap: nil, stars: 5, claim: .apply, claimAfterDays: 3,
            review: .full, objection: .none, isRefunded: false)
    }
}
