import Kernel
import Season
import Testing

@Suite("The plan of a season")
struct SeasonTests {
    @Test("the same seed and size give the same plan, another seed gives another plan")
    func deterministic() {
        #expect(Season(seed: 7, size: .small) == Season(seed: 7, size: .small))
        #expect(Season(seed: 7, size: .small).orders != Season(seed: 8, size: .small).orders)
    }

    @Test("a season has the numbers given by its size", arguments: [SeasonSize.tiny, .small, .full])
    func sizes(size: SeasonSize) {
        let season = Season(seed: 20_260_330, size: size)
        #expect(season.institutions.count == size.institutions)
        #expect(season.products.count == size.products + size.races)
        #expect(season.enterprises.count == size.enterprises)
        #expect(season.orders.count == size.orders)
        #expect(Set(season.products.map(\.category)).count == 10)
        #expect(Set(season.enterprises.compactMap(\.ineligibility)) == Set(SeasonEnterprise.Ineligibility.allCases))
    }

    @Test("names, ids and credit codes are unique; only the planned credit codes are invalid")
    func identities() {
        let season = Season(seed: 1, size: .full)
        #expect(Set(season.enterprises.map(\.id)).count == season.enterprises.count)
        #expect(Set(season.enterprises.map(\.creditCode) + season.institutions.map(\.creditCode)).count == 2_060)
        #expect(Set(season.products.map(\.name)).count == season.products.count)
        for enterprise in season.enterprises {
            #expect(((try? CreditCode(enterprise.creditCode)) == nil) == (enterprise.ineligibility == .wrongCode), "\(enterprise.name)")
        }
    }

    @Test("an enterprise orders at most once a day, within the ordering period, at a price within the guide price")
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

    @Test("the shortest season covers every variant that leads to another action", arguments: [1, 20_260_330] as [UInt64])
    func coveredVariants(seed: UInt64) {
        let season = Season(seed: seed, size: .tiny)
        let orders = season.orders.filter { season.enterprises[$0.enterprise].ineligibility == nil }
        #expect(Set(orders.map(\.decision)).count == OrderScenario.Decision.allCases.count)
        #expect(Set(orders.map(\.claim)).count == OrderScenario.Claim.allCases.count)
        #expect(Set(orders.map(\.review)).count == OrderScenario.Review.allCases.count)
        #expect(Set(orders.map(\.objection)).count == OrderScenario.Objection.allCases.count)
        #expect(Set(orders.compactMap { $0.defect?.isOfContract }) == [true, false])
        #expect(orders.contains { $0.isRefunded } && orders.contains { $0.contractAfterDays == nil } && !season.races.isEmpty)
    }

    @Test("an enterprise in a race is eligible and takes part in one race only", arguments: [SeasonSize.tiny, .small, .full])
    func racers(size: SeasonSize) {
        let season = Season(seed: 20_260_330, size: size)
        let racers = season.races.flatMap(\.enterprises)
        #expect(Set(racers).count == racers.count && racers.count >= 2 * season.races.count)
        #expect(racers.allSatisfy { season.enterprises[$0].ineligibility == nil })
    }

    @Test("busy days are working days, at most eight days apart, and include the eves of holidays")
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

    @Test("no order is decided on the day it is placed, when its credit check may not have finished")
    func decisions() {
        #expect(Season(seed: 1, size: .full).orders.allSatisfy { $0.decisionAfterDays > 0 })
    }

    @Test("the full season covers every variant")
    func variants() {
        let orders = Season(seed: 20_260_330, size: .full).orders
        #expect(Set(orders.map(\.decision)).count == OrderScenario.Decision.allCases.count)
        #expect(Set(orders.compactMap(\.defect)).count == OrderScenario.Defect.allCases.count)
        #expect(Set(orders.map(\.claim)).count == OrderScenario.Claim.allCases.count)
        #expect(Set(orders.map(\.review)).count == OrderScenario.Review.allCases.count)
        #expect(Set(orders.map(\.objection)).count == OrderScenario.Objection.allCases.count)
        #expect(orders.contains { $0.isRefunded } && orders.contains { $0.contractAfterDays == nil })
    }
}
