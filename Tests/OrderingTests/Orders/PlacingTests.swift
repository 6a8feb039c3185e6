import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import QuotaLedger
import Testing

@Suite("Refused orders")
struct PlacingTests {
    private func place(
        _ fen: Fen = yuan(10), _ change: (inout OrderScenario) throws -> Void = { _ in }, by actor: (OrderScenario) -> Actor = { $0.buyer }
    )
        throws
        -> Refusal?
    {
        var scenario = try OrderScenario()
        try change(&scenario)
        let refused = try refusal { try scenario.place(fen, at: try beijing("2026-05-20"), by: actor(scenario)) }
        if refused != nil { #expect(scenario.ledger.transfers.isEmpty, "a refused order reserves nothing") }
        return refused
    }

    @Test("QUAN-11: a zero, negative or overflowing amount is refused")
    func amounts() throws {
        for fen in [Fen.zero, Fen(-1), .min] { #expect(try place(fen)?.clauses.first == "QUAN-11") }
        #expect(try place(.max)?.clauses.first == "BJ26-02")
    }

    @Test("BJ26-24: a suspended or ended product, or one of a removed institution, is refused; without the rule it is sold")
    func notListed() throws {
        for state in ["suspended", "ended"] {
            let refused = try place { $0.product = $0.product.inState(state) }
            #expect(refused?.slug == "product-not-listed")
            #expect(refused?.clauses.first == "BJ26-24")
        }
        let removed = try place {
            $0.institution = InstitutionCopy(
                id: $0.institution.id, programmeID: $0.programme.id, name: $0.institution.name, creditCode: nil, isAdmitted: false,
                checkedAt: $0.institution.checkedAt)
        }
        #expect(removed?.slug == "product-not-listed")
        let without = try place {
            $0.product = $0.product.inState("suspended")
            $0.programme.rules.removeAll { $0.id == "product-on-sale" }
        }
        #expect(without == nil)
    }

    @Test("QUAN-31: an enterprise cannot order from itself: same organisation, or same credit code in any spelling")
    func sameParty() throws {
        let own = try place { scenario in
            scenario.institution = scenario.institution.like(id: scenario.enterprise.id, code: nil)
            scenario.product = scenario.product.offered(by: scenario.enterprise.id)
        }
        #expect(own?.clauses == ["QUAN-31"])
        for code in ["91110108MA01ABCD1X", "91110108ma01abcd1x"] {
            #expect(try place { $0.institution = $0.institution.like(code: code) }?.clauses == ["QUAN-31"])
        }
        let real = "91350100M000100Y43"
        for code in [real.lowercased(), "9135 0100 M000 100Y 43", "９１３５０１００Ｍ０００１００Ｙ４３"] {
            let refused = try place { scenario in
                scenario.enterprise = scenario.enterprise.like(code: real)
                scenario.institution = scenario.institution.like(code: code)
            }
            #expect(refused?.clauses == ["QUAN-31"], "\(code)")
        }
        #expect(try place { $0.institution = $0.institution.like(code: "91110108MA01ABCD1Y") } == nil)
        #expect(try place { $0.institution = $0.institution.like(code: nil) } == nil, "an unknown code is checked later")
    }

    @Test("BJ26-25: an enterprise that is not entitled is refused")
    func notEntitled() throws {
        for state in ["pending", "refused", "suspended"] {
            let refused = try place { scenario in
                scenario.enterprise = EnterpriseCopy(
                    id: scenario.enterprise.id, programmeID: scenario.programme.id, name: "x", creditCode: "x", state: state,
                    sizeClass: "large",
                    tier: nil, checkedAt: scenario.enterprise.checkedAt)
            }
            #expect(refused?.clauses.first == "QUAN-15")
            #expect(refused?.clauses.contains("BJ26-25") == true)
        }
    }

    @Test("QUAN-10: a caller of another organisation, without the role, or with a forged platform role is refused")
    func callers() throws {
        let refusals = [
            try place(by: { _ in Actor(person: "p", organisation: UUID(), roles: ["enterprise"]) }),
            try place(by: { Actor(person: "p", organisation: $0.enterprise.id, roles: ["institution", "officer"]) }),
            try place(by: { Actor(person: "p", organisation: $0.enterprise.id, roles: []) }),
        ]
        for refused in refusals { #expect(refused?.clauses.first == "QUAN-10") }
        var scenario = try OrderScenario()
        let order = try scenario.place(yuan(10), at: try beijing("2026-05-20")).order
        let pretender = Actor(person: "p", organisation: scenario.enterprise.id, roles: ["platform", "enterprise"])
        let refused = try refusal { try scenario.take("confirm-credit", order, by: pretender, at: try beijing("2026-05-20")) }
        #expect(refused?.clauses.first == "QUAN-10")
    }

    @Test("QUAN-01: a missing or too long contact is refused")
    func contacts() throws {
        for contact in ["", "  ", String(repeating: "王", count: 101)] {
            var scenario = try OrderScenario()
            #expect(
                try refusal { try scenario.place(yuan(10), at: try beijing("2026-05-20"), contact: contact) }?.clauses.first == "QUAN-01")
        }
    }

    @Test("QUAN-18, BJ26-30: a decline needs a reason; after an accept neither decline nor withdrawal is possible")
    func afterwards() throws {
        var scenario = try OrderScenario()
        let now = try beijing("2026-05-20")
        let order = try scenario.place(yuan(10), at: now).order
        #expect(try refusal { try scenario.take("accept-order", order, by: scenario.seller, at: now) }?.clauses.first == "QUAN-15")
        try scenario.take(Deciding.confirmCredit, order, by: .platform, at: now)
        #expect(
            try refusal { try scenario.take("decline-order", order, by: scenario.seller, at: now, reason: " ") }?.clauses.first == "QUAN-01"
        )
        var declined = scenario
        try declined.take("decline-order", order, by: scenario.seller, at: now, reason: "人手不足")
        #expect(declined.drawn("programme-budget") == 0)
        try scenario.take("accept-order", order, by: scenario.seller, at: now)
        let withdrawn = try refusal { try scenario.take("cancel-order", order, by: scenario.buyer, at: now) }
        #expect(withdrawn?.clauses == ["QUAN-15", "QUAN-18"])
        #expect(scenario.drawn("programme-budget") == 1_000)
    }

    @Test("BJ26-27: an order whose credit check fails is refused and gives back everything")
    func credit() throws {
        var scenario = try OrderScenario()
        let now = try beijing("2026-05-20")
        let order = try scenario.place(yuan(10), at: now).order
        #expect(
            try scenario.take(Deciding.refuseCredit, order, by: .platform, at: now, reason: "enterprise-negative-record").order.state
                == "refused")
        #expect(scenario.drawn("enterprise-year") == 0)
        #expect(scenario.drawn("product-stock") == 0)
    }

    @Test("an order has one number for ever, of its city, its day and its id")
    func number() throws {
        let id = try #require(UUID(uuidString: "0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e"))
        let text = OrderNumber.text(city: "110000", day: try CalendarDate("2026-05-20"), id: id)
        #expect(text == OrderNumber.text(city: "110000", day: try CalendarDate("2026-05-20"), id: id))
        #expect(text.wholeMatch(of: /110000-20260520-[0-9A-HJKMNP-TV-Z]{12}/) != nil)
        #expect(text != OrderNumber.text(city: "110000", day: try CalendarDate("2026-05-20"), id: UUID()))
    }
}

extension ProductCopy {
    func inState(_ state: String) -> ProductCopy {
        ProductCopy(
            id: id, programmeID: programmeID, institutionID: institutionID, name: name, category: category, service: service,
            guideLow: guideLow, guideHigh: guideHigh, stockVouchers: stockVouchers, state: state, checkedAt: checkedAt)
    }
}

extension InstitutionCopy {
    fileprivate func like(id other: UUID? = nil, code: String?) -> InstitutionCopy {
        InstitutionCopy(
            id: other ?? id, programmeID: programmeID, name: name, creditCode: code, isAdmitted: isAdmitted, checkedAt: checkedAt)
    }
}

extension EnterpriseCopy {
    fileprivate func like(code: String) -> EnterpriseCopy {
        EnterpriseCopy(
            id: id, programmeID: programmeID, name: name, creditCode: code, state: state, sizeClass: sizeClass, tier: tier,
            checkedAt: checkedAt)
    }
}

extension ProductCopy {
    fileprivate func offered(by institution: UUID) -> ProductCopy {
        ProductCopy(
            id: id, programmeID: programmeID, institutionID: institution, name: name, category: category, service: service,
            guideLow: guideLow, guideHigh: guideHigh, stockVouchers: stockVouchers, state: state, checkedAt: checkedAt)
    }
}
