import Kernel
import Season
import Testing

@Suite("The plan of a season")
struct SeasonTests {
    @Test("the same seed and size give the same plan, another seed another")
    func deterministic() {
        #expect(Season(seed: 7, size: .small) == Season(seed: 7, size: .small))
        #expect(Season(seed: 7, size: .small).orders != Season(seed: 8, size: .small).orders)
    }

    @Test("a season has what its size says", arguments: [SeasonSize.tiny, .small, .full])
    func sizes(size: SeasonSize) {
        let season = Season(seed: 20_260_330, size: size)
        #expect(season.institutions.count == size.institutions)
        #expect(season.products.count == size.products + size.races)
        #expect(season.enterprises.count == size.enterprises)
        #expect(season.orders.count == size.orders)
        #expect(Set(season.products.map(\.category)).count == 10)
        #expect(Set(season.enterprises.compactMap(\.flaw)) == Set(SeasonEnterprise.Flaw.allCases))
    }

    @Test("everybody has a name, an id and a credit code of their own; only those meant to be wrong are")
    func players() {
        let season = Season(seed: 1, size: .full)
        #expect(Set(season.enterprises.map(\.id)).count == season.enterprises.count)
        #expect(Set(season.enterprises.map(\.creditCode) + season.institutions.map(\.creditCode)).count == 2_060)
        #expect(Set(season.products.map(\.name)).count == season.products.count)
        for enterprise in season.enterprises {
            #expect(((try? CreditCode(enterprise.creditCode)) == nil) == (enterprise.flaw == .wrongCode), "\(enterprise.name)")
        }
    }

    @Test("an enterprise orders at most once a day, inside the window, at a price inside the guide price")
    func orders() {
        let season = Season(seed: 1, size: .full)
        var seen: Set<String> = []
        for order in season.orders {
            #expect(seen.insert("\(order.enterprise)/\(order.day)").inserted)
            #expect((Season.opens...Season.closes).contains(order.day))
            let product = season.products[order.product]
            #expect((product.guideLow...product.guideHigh).contains(order.price))
        }
    }

    @Test("the shortest season holds every kind of fate that asks for another act", arguments: [1, 20_260_330] as [UInt64])
    func dealtFates(seed: UInt64) {
        let season = Season(seed: seed, size: .tiny)
        let orders = season.orders.filter { season.enterprises[$0.enterprise].flaw == nil }
        #expect(Set(orders.map(\.decision)).count == OrderPlot.Decision.allCases.count)
        #expect(Set(orders.map(\.claim)).count == OrderPlot.Claim.allCases.count)
        #expect(Set(orders.map(\.review)).count == OrderPlot.Review.allCases.count)
        #expect(Set(orders.map(\.objection)).count == OrderPlot.Objection.allCases.count)
        #expect(Set(orders.compactMap { $0.mishap?.isOfContract }) == [true, false])
        #expect(orders.contains { $0.isRefunded } && orders.contains { $0.contractAfterDays == nil } && !season.races.isEmpty)
    }

    @Test("who races has no flaw and races once, so that winning decides nothing else", arguments: [SeasonSize.tiny, .small, .full])
    func racers(size: SeasonSize) {
        let season = Season(seed: 20_260_330, size: size)
        let racers = season.races.flatMap(\.enterprises)
        #expect(Set(racers).count == racers.count && racers.count >= 2 * season.races.count)
        #expect(racers.allSatisfy { season.enterprises[$0].flaw == nil })
    }

    @Test("something is done on working days only, within eight days from any day on, and on the eve of each holiday of ordering")
    func busyDays() throws {
        var day = Season.opens
        while day <= Season.closes {
            let busy = Season.busyDay(from: day)
            #expect(WorkingDayCalendar.stateCouncil.isWorkingDay(busy).value == true && day.days(until: busy) <= 8)
            #expect(Season.busyDay(from: busy) == busy)
            day = try day.adding(days: 1)
        }
        for (month, number) in [(4, 3), (4, 30), (5, 9), (6, 18), (8, 31)] {
            let eve = try CalendarDate(year: 2026, month: month, day: number)
            #expect(Season.isBusy(eve))
        }
    }

    @Test("nobody decides on an order on the day it is placed, when its credit check may not be back")
    func decisions() {
        #expect(Season(seed: 1, size: .full).orders.allSatisfy { $0.decisionAfterDays > 0 })
    }

    @Test("the full season holds every kind of fate")
    func fates() {
        let orders = Season(seed: 20_260_330, size: .full).orders
        #expect(Set(orders.map(\.decision)).count == OrderPlot.Decision.allCases.count)
        #expect(Set(orders.compactMap(\.mishap)).count == OrderPlot.Mishap.allCases.count)
        #expect(Set(orders.map(\.claim)).count == OrderPlot.Claim.allCases.count)
        #expect(Set(orders.map(\.review)).count == OrderPlot.Review.allCases.count)
        #expect(Set(orders.map(\.objection)).count == OrderPlot.Objection.allCases.count)
        #expect(orders.contains { $0.isRefunded } && orders.contains { $0.contractAfterDays == nil })
    }
}
