import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import CatalogueDomain

@Suite("Programme rules for registering an institution")
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

    @Test("BJ26-24: the roles that may announce an application may register an institution; the programme defines them")
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

    @Test("a credit code must be well formed (QUAN-12); blanks and lower case are normalised")
    func codes() throws {
        let code = Samples.creditCode()
        let wrong = code.dropLast() + (code.hasSuffix("0") ? "1" : "0")
        for text in ["", "91110108", String(wrong), code + "0", "９１１"] {
            #expect(try register(Samples.register(code: text))?.clauses == ["QUAN-12"])
        }
        #expect(try register(Samples.register(code: " " + code.lowercased())) == nil)
    }

    @Test("an institution has one code and a code one institution (QUAN-15); registering the same again is allowed")
    func identity() throws {
        let existing = Samples.institution()
        #expect(try register(Samples.register(), existing: existing, sameCode: existing) == nil)
        #expect(try register(Samples.register(code: Samples.creditCode(2)), existing: existing)?.clauses == ["QUAN-15"])
        #expect(try register(Samples.register(UUID()), sameCode: existing)?.clauses == ["QUAN-15"])
        let removed = try Institution.register(
            Samples.register(name: "新名称"), roles: ["officer"], programme: Samples.programme(), existing: Samples.institution(.removed),
            sameCode: nil)
        #expect(removed.standing == .removed && removed.name == "新名称")
    }

    @Test("a name must not be empty or too long (QUAN-01)")
    func names() throws {
        for name in ["", " ", String(repeating: "名", count: 201)] {
            #expect(try register(Samples.register(name: name))?.clauses == ["QUAN-01"])
        }
    }
}
