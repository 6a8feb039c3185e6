import Foundation
import Testing

@testable import Programme

@Suite("Suppliers of facts")
struct SupplyTests {
    private func problems(_ changes: [(String, String)]) throws -> [String] {
        var text = try Files.text(Files.programmes.appending(path: "beijing-2026.yaml")).text
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        let book = try Files.book()
        do throws(Faults) {
            _ = try Programme.load(SourceText(name: "beijing-2026.yaml", text: text), book: book)
            return []
        } catch {
            return error.all.filter { $0.severity == .error }.map(\.problem)
        }
    }

    @Test("a field that a step publishes and nothing supplies there is an error that names both")
    func published() throws {
        let found = try problems([("publishes: [order.institutionName, ", "publishes: [product.customersLastYear, ")])
        #expect(
            found == ["what the step publishes asks for product.customersLastYear at redemption.publish, and nothing supplies it there"])
    }

    @Test("a rule at a step of a case that does not know its field is an error")
    func rule() throws {
        let found = try problems([
            (
                "field: product.srdiCustomers\n    count: 1\n    effect: prefer\n    at: [application.approve]",
                "field: product.srdiCustomers\n    count: 1\n    effect: prefer\n    at: [registration.entitle]"
            )
        ])
        #expect(
            found == ["the rule product-served-srdi asks for product.srdiCustomers at registration.entitle, and nothing supplies it there"])
    }

    @Test("a capability that no step uses any more leaves its fields without a supplier")
    func capability() throws {
        let found = try problems([("to: certified, uses: [size-class], ", "to: certified, ")])
        #expect(
            found.contains(
                "the rule micro-small-or-medium asks for enterprise.sizeClass at registration.entitle, and nothing supplies it there"))
    }
}
