import Access
import Foundation
import Messages
import Testing

@testable import Portal

@Suite("The read table")
struct ReadTableTests {
    private static func names(_ value: Any) -> Set<String> {
        Set(Mirror(reflecting: value).children.compactMap(\.label).map { $0.hasPrefix("_") ? String($0.dropFirst()) : $0 })
    }

    @Test("every field of every record is in a class, and every field of a class exists")
    func coverage() throws {
        let table = try ReadTable.platform()
        let fields: [ReadTable.Kind: Set<String>] = [
            .order: Self.names(try Golden.message(OrderChanged.self).order).union(["steps"]),
            .redemption: Self.names(try Golden.message(RedemptionChanged.self).redemption).union(["steps"]),
            .disbursement: Self.names(try Golden.message(DisbursementChanged.self).disbursement).union(["steps"]),
            .batch: Self.names(try Golden.message(DisbursementChanged.self).disbursement).union(["payeeChangedSince", "payeeNow"]),
            .payee: Self.names(try Golden.message(PayeeChanged.self)).union(["steps"]),
            .enterprise: Self.names(try Golden.message(EnterpriseChanged.self)),
            .entitlement: Self.names(try Golden.message(EnterpriseChanged.self)),
            .institution: Self.names(try Golden.message(InstitutionChanged.self)),
            .product: Self.names(try Golden.message(ProductChanged.self)),
            .operation: ["operation", "result", "problem"], .paper: ["content"],
        ]
        for kind in ReadTable.Kind.allCases {
            #expect(table[kind].allFields == fields[kind], "\(kind): a field without a class cannot be read")
        }
    }

    @Test("payees and disbursements can be read only by their institution and by the officers of the programme")
    func money() throws {
        let table = try ReadTable.platform()
        for kind in [ReadTable.Kind.payee, .disbursement] {
            #expect(Set(table[kind].readers.map(\.role)) == ["institution", "officer"])
            for reader in table[kind].readers { #expect(reader.office == true || reader.own == .institution) }
        }
    }

    @Test("a table with an unknown kind, class or field, a missing kind, or a reader without exactly one condition is rejected")
    func malformed() throws {
        let good = ReadTable.platformText
        #expect(throws: Never.self) { try ReadTable(yaml: good) }
        for (old, new) in [
            ("\npayee:\n", "\npayees:\n"), ("shows: [account, steps]", "shows: [accounts]"), ("own: requester, ", ""),
            ("office: true, shows: [standing]", "office: true, notice: true, shows: [standing]"),
            ("redemption.amount: amountFen", "redemption.amount: amount"),
        ] {
            try #require(good.contains(old))
            #expect(throws: (any Error).self, "\(new)") { try ReadTable(yaml: good.replacing(old, with: new)) }
        }
    }

    @Test("the named members of a JSON object are kept with their text unchanged")
    func members() {
        let text = #"{"a": 9223372036854775807, "b": {"a": "}\",{", "c": [1, {"d": null}]}, "c": "\\", "d": true}"#
        #expect(JSONMembers.keeping(["a", "d"], of: text) == #"{"a": 9223372036854775807, "d": true}"#)
        #expect(JSONMembers.keeping(["b"], of: text) == #"{ "b": {"a": "}\",{", "c": [1, {"d": null}]}}"#)
        #expect(JSONMembers.keeping(["c"], of: text) == #"{ "c": "\\"}"#)
        #expect(JSONMembers.keeping([], of: text) == "{}")
        #expect(JSONMembers.keeping(["a"], of: "{}") == "{}")
        #expect(JSONMembers.keeping(["a"], of: "[1]") == nil)
        #expect(JSONMembers.keeping(["a"], of: #"{"a": 1"#) == nil)
    }
}
