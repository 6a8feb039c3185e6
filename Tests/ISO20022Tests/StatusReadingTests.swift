import Foundation
import ISO20022
import Kernel
import Testing

@Suite("Status reports from a bank")
struct StatusReadingTests {
    private let id = UUID()

    private func said(
        _ code: String, id other: String? = nil, amount: String? = "1.00", currency: String = "CNY", information: String? = nil,
        reference: String = "REF1", more: String = ""
    ) -> String {
        let of = amount.map { "<OrgnlTxRef><Amt><InstdAmt Ccy=\"\(currency)\">\($0)</InstdAmt></Amt></OrgnlTxRef>" } ?? ""
        return """
            <OrgnlPmtInfAndSts><OrgnlPmtInfId>\(information ?? id.compact)</OrgnlPmtInfId><TxInfAndSts>\
            <OrgnlEndToEndId>\(other ?? id.compact)</OrgnlEndToEndId><TxSts>\(code)</TxSts>\(more)<AcctSvcrRef>\(reference)</AcctSvcrRef>\(of)\
            </TxInfAndSts></OrgnlPmtInfAndSts>
            """
    }

    private func report(_ parts: String..., head: String = "", version: String = "10") throws -> PaymentStatus.Report {
        let document = """
            <?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.\(version)"><CstmrPmtStsRpt>\
            <GrpHdr><MsgId>m</MsgId></GrpHdr>\(head)\(parts.joined())</CstmrPmtStsRpt></Document>
            """
        return try PaymentStatus.reading(Array(document.utf8))
    }

    @Test("only the final codes are final; other codes of the standard are pending, and an unknown code is not understood")
    func codes() throws {
        for code in ["ACSC", "ACCC"] { #expect(try report(said(code)).statuses.map(\.code) == [.settled]) }
        for code in ["ACSP", "ACTC", "ACCP", "ACWC", "PART", "PDNG", "RCVD", "CANC", "BLCK", "PATC"] {
            #expect(try report(said(code)).statuses.map(\.code) == [.pending])
        }
        for code in ["", "acsc", "DONE", "AC SC"] { #expect(try report(said(code)).statuses.map(\.code) == [.notUnderstood]) }
        #expect(try report(said("AC<!-- x -->SC")).statuses.map(\.code) == [.settled])
    }

    @Test("another currency, another payment's id or an invalid reference is not understood or counted as foreign")
    func others() throws {
        #expect(try report(said("ACSC", currency: "USD")).statuses.map(\.code) == [.notUnderstood])
        #expect(try report(said("ACSC", amount: "1.005")).statuses.map(\.code) == [.notUnderstood])
        #expect(try report(said("ACSC", information: UUID().compact)).statuses.map(\.code) == [.notUnderstood])
        #expect(try report(said("ACSC", reference: String(repeating: "x", count: 36))).statuses.map(\.code) == [.notUnderstood])
        let foreign = try report(said("ACSC", id: "NOTPROVIDED"), said("RJCT"))
        #expect(foreign.foreignCount == 1 && foreign.statuses.map(\.code) == [.rejected])
        #expect(try report(said("ACSC", id: id.compact.uppercased())).statuses.map(\.id) == [id])
    }

    @Test("a rejection of the whole message applies to its payment; with a contradicting acceptance it is not understood")
    func groups() throws {
        let group = "<OrgnlGrpInfAndSts><OrgnlMsgId>\(id.compact)</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"
        #expect(try report(head: group).statuses.map(\.code) == [.rejected])
        #expect(try report(said("ACSC"), head: group).statuses.map(\.code) == [.notUnderstood])
        let information = """
            <OrgnlPmtInfAndSts><OrgnlPmtInfId>\(id.compact)</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>\
            <StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>
            """
        let rejected = try report(information)
        #expect(rejected.statuses.map(\.code) == [.rejected] && rejected.statuses[0].reasonCode == "AC01")
    }

    @Test("a reason is read from CDATA and from several elements; a document of another kind is refused")
    func reasons() throws {
        let more = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf><![CDATA[户名]]></AddtlInf><AddtlInf>不符</AddtlInf></StsRsnInf>"
        let status = try report(said("RJCT", more: more)).statuses[0]
        #expect(status.reasonCode == "AC01" && status.reason == "户名 不符")
        #expect(throws: XMLFault.self) { try report(said("RJCT", more: "<StsRsnInf><AddtlInf>a&#0;b</AddtlInf></StsRsnInf>")) }
        #expect(throws: XMLFault.self) { try report(said("ACSC"), version: "02") }
    }
}
