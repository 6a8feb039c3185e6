import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import CatalogueDomain

@Suite("Programme rules for changing a product")
struct ChangeRuleTests {
    private func change(
        _ change: ChangeProduct.Change, from state: String = "listed", stock: Int64? = nil, reason: String? = "投诉核实",
        roles: Set<String> = ["officer"], _ alter: (inout Programme) -> Void = { _ in }
    ) throws -> Result<Product, Refusal> {
        let input = ChangeProduct(productID: UUID(), change: change, stockVouchers: stock, reason: reason)
        let (product, programme, circumstances) = (try Samples.product(state), try Samples.programme(alter), try Samples.circumstances())
        return Result { () throws(Refusal) in try product.changed(by: input, roles: roles, programme: programme, circumstances) }
    }

    private func clauses(_ result: Result<Product, Refusal>) -> [String]? {
        guard case .failure(let refusal) = result else { return nil }
        return refusal.clauses
    }

    @Test("BJ26-28: the number of vouchers can change until trading ends; without that step of the programme it cannot")
    func stock() throws {
        for state in ["listed", "suspended"] {
            let changed = try change(.setStock, from: state, stock: 7, reason: nil).get()
            #expect(changed.stockVouchers == 7 && changed.state == state)
        }
        #expect(try clauses(change(.setStock, from: "ended", stock: 7)) == ["QUAN-15", "BJ26-28"])
        #expect(try clauses(change(.setStock, stock: 0)) == ["QUAN-11", "BJ26-28"])
        let without = try change(.setStock, stock: 7) { programme in
            for index in programme.procedures.indices { programme.procedures[index].steps.removeAll { $0.id == "set-stock" } }
        }
        #expect(clauses(without) == ["QUAN-07"])
    }

    @Test("BJ26-48: suspending, resuming and ending trading need a reason, unless the programme requires none")
    func reasons() throws {
        let steps: [(ChangeProduct.Change, String, String, String)] = [
            (.suspend, "suspend", "listed", "suspended"), (.resume, "resume", "suspended", "listed"), (.end, "end", "listed", "ended"),
            (.end, "end", "suspended", "ended"),
        ]
        for (command, step, from, to) in steps {
            #expect(try change(command, from: from).get().state == to)
            for reason in [nil, "", "   "] {
                #expect(try clauses(change(command, from: from, reason: reason))?.first == "QUAN-01")
            }
            let free = try change(command, from: from, reason: nil) { $0.change(step) { $0.needsReason = false } }
            #expect(try free.get().state == to)
        }
        #expect(try clauses(change(.suspend, reason: nil)) == ["QUAN-01", "BJ26-48"])
    }

    @Test("BJ26-48: an ended product stays ended for every role, unless the programme allows otherwise")
    func ended() throws {
        for command in [ChangeProduct.Change.suspend, .resume, .end] {
            #expect(try clauses(change(command, from: "ended")) == ["QUAN-15", "BJ26-48"])
        }
        let reopened = try change(.resume, from: "ended") { $0.change("resume") { $0.from.append("ended") } }
        #expect(try reopened.get().state == "listed")
        #expect(try clauses(change(.end, roles: ["institution"])) == ["QUAN-10", "BJ26-48"])
    }

    @Test("a number of vouchers is required by set-stock and refused elsewhere (QUAN-01)")
    func misplaced() throws {
        #expect(try clauses(change(.setStock))?.first == "QUAN-01")
        #expect(try clauses(change(.suspend, stock: 5))?.first == "QUAN-01")
        #expect(try clauses(change(.suspend, reason: String(repeating: "长", count: 501)))?.first == "QUAN-01")
    }
}
