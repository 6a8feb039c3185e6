import Foundation
import Kernel

/// Generates the scenarios of a season's orders and races from its seed.
struct ScenarioGenerator {
    private var random: SplitMix64
    private let size: SeasonSize
    private let products: [SeasonProduct]
    /// The indices of the enterprises that order: those refused at registration never do.
    private let buyers: [Int]
    private let days: [CalendarDate]
    private let isIneligible: [Bool]

    init(seed: UInt64, size: SeasonSize, products: [SeasonProduct], enterprises: [SeasonEnterprise]) {
        random = SplitMix64(seed: seed, stream: 2)
        self.size = size
        self.products = products
        buyers = enterprises.indices.filter { [nil, .taxRecord, .debtor].contains(enterprises[$0].ineligibility) }
        isIneligible = enterprises.map { $0.ineligibility != nil }
        let all = Self.days(from: Season.opens, through: Season.closes)
        days = size.days.map { Array(all.prefix($0)) } ?? all
    }

    /// The days of ordering. Peak days occur five times, so that they receive more orders.
    private static func days(from first: CalendarDate, through last: CalendarDate) -> [CalendarDate] {
        var days: [CalendarDate] = []
        var day = first
        while day <= last {
            if Season.isBusy(day) { days.append(day) }
            guard let next = try? day.adding(days: 1) else { break }
            day = next
        }
        return days + Season.peakDays.flatMap { Array(repeating: $0, count: 4) }
    }

    mutating func orders() -> [OrderScenario] {
        // An enterprise orders at most once a day: otherwise a total would depend on the sequence of its orders.
        var used: Set<[Int]> = []
        var drafts: [(day: CalendarDate, dayNumber: Int, enterprise: Int)] = []
        let places = Dictionary(days.enumerated().map { ($1, $0) }) { first, _ in first }
        var tries = 0
        while drafts.count < size.orders, tries < size.orders * 20 {
            tries += 1
            let day = random.pick(days, or: Season.opens)
            let enterprise = drafts.count < 2 * buyers.count ? buyers[drafts.count % buyers.count] : random.pick(buyers, or: 0)
            guard used.insert([places[day] ?? 0, enterprise]).inserted else { continue }
            drafts.append((day, places[day] ?? 0, enterprise))
        }
        var variants = size.coversEveryVariant ? ScenarioVariant.all[...] : []
        return drafts.sorted { ($0.day, $0.enterprise) < ($1.day, $1.enterprise) }.enumerated().map { number, draft in
            // An enterprise that is refused at its order never reaches the steps of a variant.
            scenario(number, draft.enterprise, on: draft.day, variant: isIneligible[draft.enterprise] ? nil : variants.popFirst())
        }
    }

    private mutating func scenario(_ number: Int, _ enterprise: Int, on day: CalendarDate, variant: ScenarioVariant?) -> OrderScenario {
        let product = Int.random(in: 0..<size.products, using: &random)
        let guide = products[product]
        let steps = (guide.guideHigh.rawValue - guide.guideLow.rawValue) / 10_000
        let price = guide.guideLow.rawValue + (steps > 0 ? Int64.random(in: 0...steps, using: &random) * 10_000 : 0)
        var drawn = ScenarioVariant()
        drawn.decision = random.weighted([(80, .accept), (6, .decline), (4, .cancel), (10, .none)], or: .accept)
        // Never on the day itself: the result of the credit check may not have arrived by then.
        let decisionAfterDays = Int.random(in: 1...4, using: &random)
        drawn.isContracted = random.chance(93)
        let contractAfterDays = drawn.isContracted ? Int.random(in: 1...12, using: &random) : 3
        let contractPrice = random.weighted([(88, .same), (8, .lower), (4, .higher)], or: OrderScenario.Price.same)
        drawn.defect = random.chance(12) ? random.pick(OrderScenario.Defect.allCases, or: .tableDiffers) : nil
        let stars = random.chance(75) ? Int.random(in: 1...5, using: &random) : nil
        drawn.claim = random.weighted([(88, .apply), (3, .waive), (6, .none), (3, .late)], or: .apply)
        let claimAfterDays = Int.random(in: 2...25, using: &random)
        drawn.review = random.weighted([(84, .full), (8, .lower), (5, .returned), (3, .rejected)], or: .full)
        drawn.objection = random.weighted([(95, .none), (4, .answered), (1, .upheld)], or: .none)
        drawn.isRefunded = random.chance(2)
        let chosen = variant ?? drawn
        return OrderScenario(
            number: number, enterprise: enterprise, product: product, day: day, price: Fen(price), decision: chosen.decision,
            decisionAfterDays: decisionAfterDays, contractAfterDays: chosen.isContracted ? contractAfterDays : nil,
            contractPrice: contractPrice, defect: chosen.defect, stars: stars, claim: chosen.claim, claimAfterDays: claimAfterDays,
            review: chosen.review, objection: chosen.objection, isRefunded: chosen.isRefunded)
    }

    /// An enterprise takes part in at most one race, is eligible and orders little otherwise, so that the result of a race changes no
    /// total.
    func races(besides orders: [OrderScenario]) -> [RaceScenario] {
        var totals: [Int: Int64] = [:]
        for order in orders { totals[order.enterprise, default: 0] += order.price.rawValue }
        let candidates = buyers.filter { !isIneligible[$0] }.sorted { (totals[$0] ?? 0, $0) < (totals[$1] ?? 0, $1) }
        let each = min(40, candidates.count / 2)
        return (0..<size.races).map { race in
            let product = size.products + race
            return RaceScenario(
                product: product, day: days[(race * 17 + 5) % days.count],
                enterprises: candidates.dropFirst(race * each).prefix(each).sorted(), price: products[product].guideLow)
        }
    }
}

/// The properties of a scenario that are drawn at random, or set in order to cover every variant.
private struct ScenarioVariant {
    var decision = OrderScenario.Decision.accept
    var isContracted = true
    var defect: OrderScenario.Defect?
    var claim = OrderScenario.Claim.apply
    var review = OrderScenario.Review.full
    var objection = OrderScenario.Objection.none
    var isRefunded = false

    /// Every variant once.
    static let all: [ScenarioVariant] = [
        ScenarioVariant(isRefunded: true), ScenarioVariant(decision: .decline), ScenarioVariant(decision: .cancel),
        ScenarioVariant(decision: .none), ScenarioVariant(isContracted: false),
        ScenarioVariant(defect: .amountsDoNotAddUp), ScenarioVariant(defect: .tableDiffers), ScenarioVariant(claim: .waive),
        ScenarioVariant(claim: .none), ScenarioVariant(claim: .late),
        ScenarioVariant(review: .lower), ScenarioVariant(review: .returned), ScenarioVariant(review: .rejected),
        ScenarioVariant(objection: .answered), ScenarioVariant(objection: .upheld),
    ]
}
