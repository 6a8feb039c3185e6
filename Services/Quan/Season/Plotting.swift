import Foundation
import Kernel

/// Makes up what happens in a season.
struct Plotting {
    private var random: SeededRandom
    private let size: SeasonSize
    private let products: [SeasonProduct]
    /// The places of those enterprises that order at all: what is known to be refused at registration never comes to it.
    private let buyers: [Int]
    private let days: [CalendarDate]
    private let isFlawed: [Bool]

    init(seed: UInt64, size: SeasonSize, products: [SeasonProduct], enterprises: [SeasonEnterprise]) {
        random = SeededRandom(seed: seed, lane: 2)
        self.size = size
        self.products = products
        buyers = enterprises.indices.filter { [nil, .taxRecord, .debtor].contains(enterprises[$0].flaw) }
        isFlawed = enterprises.map { $0.flaw != nil }
        let all = Self.days(from: Season.opens, through: Season.closes)
        days = size.days.map { Array(all.prefix($0)) } ?? all
    }

    /// The days of ordering. Eves of holidays and the last days come more than once: that is when people order.
    private static func days(from first: CalendarDate, through last: CalendarDate) -> [CalendarDate] {
        var days: [CalendarDate] = []
        var day = first
        while day <= last {
            if Season.isBusy(day) { days.append(day) }
            guard let next = try? day.adding(days: 1) else { break }
            day = next
        }
        return days + Season.rushed.flatMap { Array(repeating: $0, count: 4) }
    }

    mutating func orders() -> [OrderPlot] {
        // An enterprise orders at most once a day: who of two orders of one enterprise came first would else decide a total.
        var taken: Set<[Int]> = []
        var drafts: [(day: CalendarDate, dayNumber: Int, enterprise: Int)] = []
        let places = Dictionary(days.enumerated().map { ($1, $0) }) { first, _ in first }
        var tries = 0
        while drafts.count < size.orders, tries < size.orders * 20 {
            tries += 1
            let day = random.pick(days, or: Season.opens)
            let enterprise = drafts.count < 2 * buyers.count ? buyers[drafts.count % buyers.count] : random.pick(buyers, or: 0)
            guard taken.insert([places[day] ?? 0, enterprise]).inserted else { continue }
            drafts.append((day, places[day] ?? 0, enterprise))
        }
        var fates = size.dealsFates ? Fate.all[...] : []
        return drafts.sorted { ($0.day, $0.enterprise) < ($1.day, $1.enterprise) }.enumerated().map { number, draft in
            // An enterprise that is refused when it orders has no use for a fate.
            plot(number, draft.enterprise, on: draft.day, fate: isFlawed[draft.enterprise] ? nil : fates.popFirst())
        }
    }

    private mutating func plot(_ number: Int, _ enterprise: Int, on day: CalendarDate, fate: Fate?) -> OrderPlot {
        let product = Int.random(in: 0..<size.products, using: &random)
        let guide = products[product]
        let steps = (guide.guideHigh.rawValue - guide.guideLow.rawValue) / 10_000
        let price = guide.guideLow.rawValue + (steps > 0 ? Int64.random(in: 0...steps, using: &random) * 10_000 : 0)
        var drawn = Fate()
        drawn.decision = random.weighted([(80, .accept), (6, .decline), (4, .cancel), (10, .silence)], or: .accept)
        // Never on the day itself: whether the credit check had come back by then would be chance.
        let decisionAfterDays = Int.random(in: 1...4, using: &random)
        drawn.isContracted = random.chance(93)
        let contractAfterDays = drawn.isContracted ? Int.random(in: 1...12, using: &random) : 3
        let contractPrice = random.weighted([(88, .same), (8, .cheaper), (4, .dearer)], or: OrderPlot.Price.same)
        drawn.mishap = random.chance(12) ? random.pick(OrderPlot.Mishap.allCases, or: .tableDiffers) : nil
        let stars = random.chance(75) ? Int.random(in: 1...5, using: &random) : nil
        drawn.claim = random.weighted([(88, .apply), (3, .waive), (6, .silence), (3, .late)], or: .apply)
        let claimAfterDays = Int.random(in: 2...25, using: &random)
        drawn.review = random.weighted([(84, .full), (8, .lower), (5, .returned), (3, .rejected)], or: .full)
        drawn.objection = random.weighted([(95, .none), (4, .answered), (1, .upheld)], or: .none)
        drawn.isRefunded = random.chance(2)
        let fate = fate ?? drawn
        return OrderPlot(
            number: number, enterprise: enterprise, product: product, day: day, price: Fen(price), decision: fate.decision,
            decisionAfterDays: decisionAfterDays, contractAfterDays: fate.isContracted ? contractAfterDays : nil,
            contractPrice: contractPrice, mishap: fate.mishap, stars: stars, claim: fate.claim, claimAfterDays: claimAfterDays,
            review: fate.review, objection: fate.objection, isRefunded: fate.isRefunded)
    }

    /// Those who race have no flaw and order least besides, and nobody races twice: who wins must decide nothing but who wins.
    func races(besides orders: [OrderPlot]) -> [RacePlot] {
        var totals: [Int: Int64] = [:]
        for order in orders { totals[order.enterprise, default: 0] += order.price.rawValue }
        let racers = buyers.filter { !isFlawed[$0] }.sorted { (totals[$0] ?? 0, $0) < (totals[$1] ?? 0, $1) }
        let each = min(40, racers.count / 2)
        return (0..<size.races).map { race in
            let product = size.products + race
            return RacePlot(
                product: product, day: days[(race * 17 + 5) % days.count],
                enterprises: racers.dropFirst(race * each).prefix(each).sorted(), price: products[product].guideLow)
        }
    }
}

/// What becomes of an order, where it is not left to chance.
private struct Fate {
    var decision = OrderPlot.Decision.accept
    var isContracted = true
    var mishap: OrderPlot.Mishap?
    var claim = OrderPlot.Claim.apply
    var review = OrderPlot.Review.full
    var objection = OrderPlot.Objection.none
    var isRefunded = false

    /// One of every kind.
    static let all: [Fate] = [
        Fate(isRefunded: true), Fate(decision: .decline), Fate(decision: .cancel), Fate(decision: .silence), Fate(isContracted: false),
        Fate(mishap: .amountsDoNotAddUp), Fate(mishap: .tableDiffers), Fate(claim: .waive), Fate(claim: .silence), Fate(claim: .late),
        Fate(review: .lower), Fate(review: .returned), Fate(review: .rejected), Fate(objection: .answered), Fate(objection: .upheld),
    ]
}
