import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

@Suite("Orders that are refused")
struct PlacingTests {
    private func place(_ fen: Fen = yuan(10), _ change: (inout Scene) throws -> Void = { _ in }, by actor: (Scene) -> Actor = { $0.buyer })
        throws
        -> Refusal?
    {
        var scene = try Scene()
        try change(&scene)
        let refused = try refusal { try scene.place(fen, at: try beijing("2026-05-20"), by: actor(scene)) }
        if refused != nil { #expect(scene.ledger.transfers.isEmpty, "what is refused holds nothing") }
        return refused
    }

    @Test("QUAN-11: an amount of nothing, below nothing or beyond all numbers")
    func amounts() throws {
        for fen in [Fen.zero, Fen(-1), .min] { #expect(try place(fen)?.clauses.first == "QUAN-11") }
        #expect(try place(.max)?.clauses.first == "BJ26-02")
    }

    @Test("BJ26-24: a product that is suspended or ended, or whose institution was removed; without the rule it is sold")
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

    @Test("QUAN-31: an enterprise that orders from itself, as one organisation or under one credit code, however it is written")
    func sameParty() throws {
        let own = try place { scene in
            scene.institution = scene.institution.like(id: scene.enterprise.id, code: nil)
            scene.product = scene.product.offered(by: scene.enterprise.id)
        }
        #expect(own?.clauses == ["QUAN-31"])
        for code in ["91110108MA01ABCD1X", "91110108ma01abcd1x"] {
            #expect(try place { $0.institution = $0.institution.like(code: code) }?.clauses == ["QUAN-31"])
        }
        let real = "91350100M000100Y43"
        for code in [real.lowercased(), "9135 0100 M000 100Y 43", "９１３５０１００Ｍ０００１００Ｙ４３"] {
            let refused = try place { scene in
                scene.enterprise = scene.enterprise.like(code: real)
                scene.institution = scene.institution.like(code: code)
            }
            #expect(refused?.clauses == ["QUAN-31"], "\(code)")
        }
        #expect(try place { $0.institution = $0.institution.like(code: "91110108MA01ABCD1Y") } == nil)
        #expect(try place { $0.institution = $0.institution.like(code: nil) } == nil, "a code that is not known yet is asked for later")
    }

    @Test("BJ26-25: an enterprise that is not entitled")
    func notEntitled() throws {
        for state in ["pending", "refused", "suspended"] {
            let refused = try place { scene in
                scene.enterprise = EnterpriseCopy(
                    id: scene.enterprise.id, programmeID: scene.programme.id, name: "x", creditCode: "x", state: state, sizeClass: "large",
                    tier: nil, checkedAt: scene.enterprise.checkedAt)
            }
            #expect(refused?.clauses.first == "QUAN-15")
            #expect(refused?.clauses.contains("BJ26-25") == true)
        }
    }

    @Test("QUAN-10: a caller of another organisation, of a role that may not, or who calls itself the platform")
    func callers() throws {
        let refusals = [
            try place(by: { _ in Actor(person: "p", organisation: UUID(), roles: ["enterprise"]) }),
            try place(by: { Actor(person: "p", organisation: $0.enterprise.id, roles: ["institution", "officer"]) }),
            try place(by: { Actor(person: "p", organisation: $0.enterprise.id, roles: []) }),
        ]
        for refused in refusals { #expect(refused?.clauses.first == "QUAN-10") }
        var scene = try Scene()
        let order = try scene.place(yuan(10), at: try beijing("2026-05-20")).order
        let pretender = Actor(person: "p", organisation: scene.enterprise.id, roles: ["platform", "enterprise"])
        let refused = try refusal { try scene.take("confirm-credit", order, by: pretender, at: try beijing("2026-05-20")) }
        #expect(refused?.clauses.first == "QUAN-10")
    }

    @Test("QUAN-01: no contact, or one longer than people read")
    func contacts() throws {
        for contact in ["", "  ", String(repeating: "王", count: 101)] {
            var scene = try Scene()
            #expect(try refusal { try scene.place(yuan(10), at: try beijing("2026-05-20"), contact: contact) }?.clauses.first == "QUAN-01")
        }
    }

    @Test("QUAN-18, BJ26-30: a decline needs a reason; after an accept neither decline nor withdrawal is possible")
    func afterwards() throws {
        var scene = try Scene()
        let now = try beijing("2026-05-20")
        let order = try scene.place(yuan(10), at: now).order
        #expect(try refusal { try scene.take("accept-order", order, by: scene.seller, at: now) }?.clauses.first == "QUAN-15")
        try scene.take(Deciding.confirmCredit, order, by: .platform, at: now)
        #expect(try refusal { try scene.take("decline-order", order, by: scene.seller, at: now, reason: " ") }?.clauses.first == "QUAN-01")
        var declined = scene
        try declined.take("decline-order", order, by: scene.seller, at: now, reason: "人手不足")
        #expect(declined.drawn("programme-budget") == 0)
        try scene.take("accept-order", order, by: scene.seller, at: now)
        let withdrawn = try refusal { try scene.take("cancel-order", order, by: scene.buyer, at: now) }
        #expect(withdrawn?.clauses == ["QUAN-15", "QUAN-18"])
        #expect(scene.drawn("programme-budget") == 1_000)
    }

    @Test("BJ26-27: an order whose credit check fails is refused and gives back everything")
    func credit() throws {
        var scene = try Scene()
        let now = try beijing("2026-05-20")
        let order = try scene.place(yuan(10), at: now).order
        #expect(
            try scene.take(Deciding.refuseCredit, order, by: .platform, at: now, reason: "enterprise-negative-record").order.state
                == "refused")
        #expect(scene.drawn("enterprise-year") == 0)
        #expect(scene.drawn("product-stock") == 0)
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
