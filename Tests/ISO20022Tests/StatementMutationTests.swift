import Foundation
import Kernel
import Testing

@testable import ISO20022

@Suite("Altered statements")
struct StatementMutationTests {
    private let ids = Statements.ids

    /// A statement with all relevant parts: balances, totals, a batch, a return, entries that are pending or not ours.
    private var whole: String {
        let batch = Statements.transaction(ids[1], "2.00") + Statements.transaction(ids[2], "3.00")
        let entries = [
            Statements.entry("R1", ids[0], "1.00"),
            Statements.entry("R2", "", "5.00", details: "<Btch><NbOfTxs>2</NbOfTxs></Btch>" + batch),
            Statements.entry("R3", ids[0], "1.00", "CRDT", reversal: "<RvslInd>true</RvslInd>"),
            Statements.entry("R4", ids[3], "8.00", status: "<Sts><Cd>PDNG</Cd></Sts>"), Statements.entry("R5", "NOTPROVIDED", "4.00"),
        ].joined()
        let totals = """
            <TxsSummry><TtlNtries><NbOfNtries>5</NbOfNtries><Sum>19.00</Sum></TtlNtries>\
            <TtlDbtNtries><NbOfNtries>4</NbOfNtries><Sum>18.00</Sum></TtlDbtNtries></TxsSummry>
            """
        return Statements.message(
            Statements.statement(
                entries, balances: Statements.balance("OPBD", "100.00") + Statements.balance("CLBD", "91.00") + totals))
    }

    /// The amounts of the debits.
    private func debits(_ statements: [AccountStatement]) -> [Int64] {
        statements.flatMap(\.bookings).filter { $0.direction == .debit }.map(\.amountFen.rawValue).sorted()
    }

    @Test("if an element is removed, doubled, renamed, emptied or swapped, all debits are read or the statement is refused")
    func mutations() throws {
        let document = try XMLElement(reading: whole)
        let truth = debits(try Statements.read(whole))
        #expect(truth == [100, 200, 300, 400])
        let paths = Self.paths(of: document)
        var refused = 0
        for path in paths {
            for mutation in Mutation.allCases {
                var altered = document
                mutation.apply(to: &altered, at: path[...])
                altered.attributes["xmlns"] = document.namespace
                do {
                    let found = debits(try Statements.read(altered.document))
                    #expect(found.reduce(0, +) == truth.reduce(0, +), "\(mutation) of \(path)")
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > paths.count)
    }

    @Test("a statement with a changed character is refused, or its debits have the same total", arguments: 0..<8)
    func characters(seed: UInt64) throws {
        let truth = debits(try Statements.read(whole)).reduce(0, +)
        let bytes = Array(whole.utf8)
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        for _ in 0..<500 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var altered = bytes
            altered[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: 0x20 + (state >> 20) % 0x5F)
            guard let read = try? AccountStatement.reading(altered, rules: Statements.rules) else { continue }
            #expect(debits(read).reduce(0, +) == truth)
        }
    }

    /// A change of an element.
    enum Mutation: CaseIterable {
        case drop, double, rename, empty, exchange

        func apply(to element: inout XMLElement, at path: ArraySlice<Int>) {
            guard let index = path.first else { return }
            guard path.count == 1 else { return apply(to: &element.children[index], at: path.dropFirst()) }
            switch self {
            case .drop: element.children.remove(at: index)
            case .double: element.children.insert(element.children[index], at: index)
            case .rename: element.children[index].name += "X"
            case .empty: (element.children[index].children, element.children[index].text) = ([], "")
            case .exchange: if index > 0 { element.children.swapAt(index, index - 1) }
            }
        }
    }

    /// The index paths of all elements below one.
    private static func paths(of element: XMLElement) -> [[Int]] {
        element.children.enumerated().flatMap { index, child in [[index]] + paths(of: child).map { [index] + $0 } }
    }
}
