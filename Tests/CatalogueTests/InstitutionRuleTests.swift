import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import CatalogueDomain

@Suite("What the programme says of registering an institution")
struct InstitutionRuleTests {
    private func register(
        _ input: RegisterInstitution, roles: Set<String> = ["officer"], existing: Institution? = nil, sameCode: Institution? = nil,
        _ change: (inout Programme) -> Void = { _ in }
    ) throws -> Refusal? {
        let programme = try Samples.programme(change)
        return try refusal {
            try Institution.register(input, roles: roles, programme: programme, existing: existing, sameCode: sameCode)
        }
    }

    @Test("BJ26-24: who may announce an application may register its outcome; a programme that lets others announce lets them register")
    func roles() throws {
        #expect(try register(Samples.register()) == nil)
        #expect(try register(Samples.register(), roles: ["institution"])?.clauses == ["QUAN-10", "BJ26-24"])
        let altered: (inout Programme) -> Void = { programme in
            for procedure in programme.procedures.indices where programme.procedures[procedure].id == "application" {
                for step in programme.procedures[procedure].steps.indices {
                    programme.procedures[procedure].steps[step].by = ["institution"]
                }
            }
        }
        #expect(try register(Samples.register(), roles: ["institution"], altered) == nil)
        #expect(try register(Samples.register(), altered)?.clauses == ["QUAN-10", "BJ26-24"])
    }

    @Test("a credit code is well formed (QUAN-12), however it is typed")
    func codes() throws {
        let code = Samples.creditCode()
        let wrong = code.dropLast() + (code.hasSuffix("0") ? "1" : "0")
        for text in ["", "91110108", String(wrong), code + "0", "９１１"] {
            #expect(try register(Samples.register(code: text))?.clauses == ["QUAN-12"])
        }
        #expect(try register(Samples.register(code: " " + code.lowercased())) == nil)
    }

    @Test("an institution keeps its code, and a code its institution (QUAN-15); the same again is no fault")
    func identity() throws {
        let there = Samples.institution()
        #expect(try register(Samples.register(), existing: there, sameCode: there) == nil)
        #expect(try register(Samples.register(code: Samples.creditCode(2)), existing: there)?.clauses == ["QUAN-15"])
        #expect(try register(Samples.register(UUID()), sameCode: there)?.clauses == ["QUAN-15"])
        let removed = try Institution.register(
            Samples.register(name: "新名称"), roles: ["officer"], programme: Samples.programme(), existing: Samples.institution(.removed),
            sameCode: nil)
        #expect(removed.standing == .removed && removed.name == "新名称")
    }

    @Test("a name is there and is bounded (QUAN-01)")
    func names() throws {
        for name in ["", " ", String(repeating: "名", count: 201)] {
            #expect(try register(Samples.register(name: name))?.clauses == ["QUAN-01"])
        }
    }
}
