import Foundation
import IdentityDomain
import Kernel
import Messages
import Programme
import Testing

@Suite("Particulars of an enterprise")
struct ParticularsTests {
    private func refusal(_ command: RegisterEnterprise) throws -> Refusal? {
        do throws(Refusal) {
            _ = try Particulars(command, under: try programme.get(), today: try? CalendarDate("2026-05-20"))
            return nil
        } catch {
            return error
        }
    }

    private var programme: Result<Programme, Refusal> {
        (try? Programmes.beijing()).map { .success($0) } ?? .failure(PlatformRule.unknownReference.refusal())
    }

    @Test("QUAN-12: a credit code with a wrong check digit, a wrong length or an invalid letter is refused")
    func creditCode() throws {
        let good = try Enterprises.code(7)
        let last = try #require(good.last)
        let wrong = String(good.dropLast()) + (last == "A" ? "B" : "A")
        for code in [wrong, String(good.dropLast()), good + "0", "I" + good.dropFirst(), ""] {
            #expect(try refusal(try Enterprises.registration(code: code))?.clauses == ["QUAN-12"])
        }
        #expect(try refusal(try Enterprises.registration(code: good)) == nil)
        #expect(try refusal(try Enterprises.registration(code: " \(good.lowercased()) ")) == nil)
    }

    @Test("every single wrong digit in a credit code is detected")
    func everyMistake() throws {
        let good = Array(try Enterprises.code(12_345))
        for place in good.indices {
            for digit in "0123456789" where digit != good[place] {
                var mistaken = good
                mistaken[place] = digit
                #expect(try refusal(try Enterprises.registration(code: String(mistaken)))?.clauses == ["QUAN-12"])
            }
        }
    }

    @Test("malformed particulars are refused with their rule, and the refusal names the field")
    func malformed() throws {
        #expect(try refusal(try Enterprises.registration(division: "11010"))?.clauses == ["QUAN-01"])
        #expect(try refusal(try Enterprises.registration(division: "1101０8"))?.clauses == ["QUAN-01"])
        #expect(try refusal(try Enterprises.registration(industry: "X99"))?.clauses == ["QUAN-01"])
        #expect(try refusal(try Enterprises.registration(beneficiary: "park"))?.clauses == ["QUAN-07"])
        #expect(try refusal(try Enterprises.registration(employees: -1))?.clauses == ["QUAN-11"])
        let field = try refusal(try Enterprises.registration(industry: "X99"))?.numbers.first
        #expect(field == RefusalNumber(name: "field", value: .text("industryCode"), unit: .code))
    }

    @Test("the size class is derived from industry and figures by the standard of 2011")
    func sizes() throws {
        for (industry, employees, revenueYuan, size) in [
            ("I65", 300, 100_000_000, SizeClass.large), ("I65", 299, 100_000_000, .medium), ("I65", 100, 9_999_999, .small),
            ("I65", 9, 9_999_999, .micro), ("C35", 1000, 399_999_999, .medium),
        ] as [(String, Int64, Int64, SizeClass)] {
            let command = try Enterprises.registration(industry: industry, employees: employees, revenueYuan: revenueYuan)
            #expect(try Particulars(command, under: try Programmes.beijing(), today: nil).sizeClass == size)
        }
    }
}
