import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

/// Contracts with inconsistent period, price or quantity: none is subsidised with more than 30% of one year's price of one unit.
@Suite("Inconsistent contracts")
struct InconsistentContractTests {
    /// Records a contract for an order of 4,500 yuan on 22 May. The guide price is 100 to 100,000 yuan.
    private func record(_ programme: Programme? = nil, on day: String = "2026-05-22", _ change: (inout ContractFixture) -> Void) throws
        -> Refusal?
    {
        var scenario = try OrderScenario(programme)
        let order = try scenario.accepted(yuan(4_500), at: try beijing("2026-05-20"))
        var contract = ContractFixture()
        change(&contract)
        return try refusal { try scenario.record(try contract.facts(of: order), order, at: try beijing(day)) }
    }

    /// A valid contract of 15,000 yuan for one month of service, 4,500 of it by voucher.
    private struct ContractFixture {
        var total = yuan(15_000)
        var voucher = yuan(4_500)
        var price: Fen?
        var quantity: Int?
        var signedOn = "2026-05-22"
        var from = "2026-05-22"
        var through: String? = "2026-06-21"
        var isSingleDelivery: Bool?

        func facts(of order: Order) throws -> ContractFacts {
            ContractFacts(
                productName: order.product.name, totalFen: total, voucherFen: voucher, selfPaidFen: try total.subtracting(voucher),
                signedOn: try CalendarDate(signedOn), serviceFrom: try CalendarDate(from),
                serviceThrough: try through.map { try CalendarDate($0) }, isSingleDelivery: isSingleDelivery, priceFen: price,
                quantity: quantity)
        }
    }

    @Test("a consistent contract is recorded: one unit, several units, several years, single delivery")
    func consistent() throws {
        #expect(try record { _ in } == nil)
        #expect(try record { $0.price = yuan(15_000) } == nil)
        #expect(try record { ($0.through, $0.isSingleDelivery) = (nil, true) } == nil)
        #expect(try record { ($0.total, $0.through) = (yuan(45_000), "2029-05-21") } == nil)
        #expect(try record { ($0.total, $0.through, $0.price, $0.quantity) = (yuan(45_000), "2029-05-21", yuan(15_000), 3) } == nil)
        #expect(try record { ($0.total, $0.price, $0.quantity) = (yuan(600_000), yuan(15_000), 40) } == nil)
    }

    @Test("QUAN-40: a contract whose total is not price times quantity is refused, with the numbers")
    func totalDiffers() throws {
        let inconsistent: [(Fen, Fen?, Int?)] = [
            (yuan(600_000), yuan(15_000), nil), (Fen(10), yuan(15_000), nil), (yuan(15_000), yuan(15_000), 2),
            (yuan(600_000), yuan(15_000), 39), (yuan(15_000), nil, 2), (yuan(15_000), yuan(15_000), .max), (.max, .max, .max),
        ]
        for (total, price, quantity) in inconsistent {
            let refused = try record { ($0.total, $0.price, $0.quantity, $0.voucher) = (total, price, quantity, Fen(3)) }
            #expect(refused?.clauses.first == "QUAN-40", "\(total), \(String(describing: price)), \(String(describing: quantity))")
        }
        let refused = try record { ($0.total, $0.price) = (yuan(600_000), yuan(15_000)) }
        #expect(refused?.numbers.map(\.value) == [.integer(60_000_000), .integer(1_500_000), .integer(1)])
    }

    @Test("QUAN-11: a quantity or price below one is refused", arguments: [0, -1, Int.min])
    func noQuantity(quantity: Int) throws {
        #expect(try record { $0.quantity = quantity }?.clauses.first == "QUAN-11")
        #expect(try record { $0.price = Fen(Int64(quantity)) }?.clauses.first == "QUAN-11")
    }

    @Test("QUAN-41, BJ26-35: a contract with neither an end date nor single delivery is refused; without BJ26-35 it is recorded")
    func withoutEnd() throws {
        func endless(_ programme: Programme? = nil) throws -> Refusal? { try record(programme) { $0.through = nil } }
        #expect(try endless()?.clauses == ["QUAN-41", "BJ26-35"])
        #expect(try record { ($0.through, $0.isSingleDelivery) = (nil, false) }?.clauses.first == "QUAN-41")
        #expect(try endless(TestProgrammes.beijing2026().without(clause: "BJ26-35").programme) == nil)
    }

    @Test("QUAN-34: a contract signed in the future is refused until that day")
    func signedTomorrow() throws {
        #expect(try record { $0.signedOn = "2026-05-23" }?.clauses.prefix(2) == ["QUAN-34", "BJ26-62"])
        #expect(try record(on: "2026-05-23") { $0.signedOn = "2026-05-23" } == nil)
        #expect(try record { ($0.signedOn, $0.through) = ("2099-01-01", "2099-02-01") }?.clauses.first == "QUAN-34")
    }

    @Test("BJ26-38: a service that starts after redemption closes is refused; without the rule it is recorded")
    func startsTooLate() throws {
        func late(_ from: String, under programme: Programme? = nil) throws -> Refusal? {
            try record(programme) { ($0.from, $0.through, $0.isSingleDelivery) = (from, nil, true) }
        }
        #expect(try late("2026-09-21") == nil)
        #expect(try late("2026-09-22")?.clauses.first == "BJ26-38")
        #expect(try late("2099-01-01")?.slug == "service-starts-too-late")
        #expect(try late("2026-09-22", under: TestProgrammes.beijing2026().without(clause: "BJ26-38").programme) == nil)
    }

    @Test("BJ26-02, BJ26-28: of 40 units one voucher pays 30% of one unit; if the programme does not limit the units, of all")
    func units() throws {
        func forty(_ voucher: Fen, under programme: Programme? = nil, years: Bool = false) throws -> Refusal? {
            try record(programme) {
                ($0.total, $0.price, $0.quantity, $0.voucher) = (yuan(600_000), yuan(15_000), 40, voucher)
                if years { $0.through = "2028-05-21" }
            }
        }
        #expect(try forty(yuan(4_500)) == nil)
        let refused = try forty(Fen(450_001))
        #expect(refused?.clauses == ["BJ26-02", "BJ26-28", "BJ26-43"])
        #expect(refused?.numbers.prefix(2).map(\.value) == [.integer(450_001), .integer(450_000)])
        #expect(try forty(yuan(180_000))?.slug == "subsidy-over-share")
        var unbounded = try TestProgrammes.beijing2026()
        unbounded.subsidy.units = nil
        #expect(try forty(yuan(180_000), under: unbounded) == nil)
        #expect(try forty(yuan(180_000), under: unbounded, years: true)?.clauses.first == "BJ26-02", "two years are averaged too")
        var three = try TestProgrammes.beijing2026()
        three.subsidy.units?.most = 3
        #expect(try forty(yuan(13_500), under: three) == nil)
        #expect(try forty(Fen(1_350_001), under: three)?.clauses.first == "BJ26-02")
    }

    @Test("BJ26-35: several years stated as several units are subsidised as one year, by the lower of both limits")
    func yearsAndUnits() throws {
        func years(_ voucher: Fen) throws -> Refusal? {
            try record {
                ($0.total, $0.price, $0.quantity) = (yuan(45_000), yuan(15_000), 3)
                ($0.through, $0.voucher) = ("2029-05-21", voucher)
            }
        }
        #expect(try years(yuan(4_500)) == nil)
        #expect(try years(Fen(450_001))?.clauses.first == "BJ26-02")
        // The same with single delivery.
        let once = try record {
            ($0.total, $0.price, $0.quantity) = (yuan(45_000), yuan(15_000), 3)
            ($0.through, $0.isSingleDelivery, $0.voucher) = (nil, true, Fen(450_001))
        }
        #expect(once?.clauses.first == "BJ26-02")
    }
}
