import Foundation
import ISO20022
import Kernel

/// Statements as banks write them, built from parts that a test can change.
enum Statements {
    static let account = "0200000000000000001"
    static let rules = StatementRules(account: account)
    static let ids = (0..<4).map { _ in UUID().compact }

    static func entry(
        _ reference: String, _ id: String, _ amount: String, _ way: String = "DBIT", status: String = "<Sts><Cd>BOOK</Cd></Sts>",
        reversal: String = "", currency: String = "CNY", details: String? = nil
    ) -> String {
        let details = details ?? "<TxDtls><Refs><EndToEndId>\(id)</EndToEndId></Refs></TxDtls>"
        return """
            <Ntry><Amt Ccy="\(currency)">\(amount)</Amt><CdtDbtInd>\(way)</CdtDbtInd>\(reversal)\(status)\
            <BookgDt><Dt>2026-04-20</Dt></BookgDt><AcctSvcrRef>\(reference)</AcctSvcrRef><NtryDtls>\(details)</NtryDtls></Ntry>

            """
    }

    static func transaction(_ id: String, _ amount: String, more: String = "") -> String {
        "<TxDtls><Refs><EndToEndId>\(id)</EndToEndId></Refs><Amt Ccy=\"CNY\">\(amount)</Amt>\(more)</TxDtls>"
    }

    static func balance(_ code: String, _ amount: String, _ way: String = "CRDT") -> String {
        """
        <Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">\(amount)</Amt><CdtDbtInd>\(way)</CdtDbtInd>\
        <Dt><Dt>2026-04-20</Dt></Dt></Bal>
        """
    }

    static func statement(
        _ entries: String, id: String = "S1", account: String = Statements.account, before: String = "", balances: String = ""
    ) -> String {
        """
        <Stmt><Id>\(id)</Id>\(before)<Acct><Id><Othr><Id>\(account)</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\(balances)
        \(entries)</Stmt>
        """
    }

    static func message(_ statements: String..., version: String = "08", part: String = "BkToCstmrStmt", header: String = "") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.\(version)"><\(part)>\
        <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-20T00:00:00</CreDtTm>\(header)</GrpHdr>\(statements.joined())</\(part)></Document>
        """
    }

    static func read(_ document: String, _ rules: StatementRules = rules) throws(XMLFault) -> [AccountStatement] {
        try AccountStatement.reading(Array(document.utf8), rules: rules)
    }

    /// The bookings in short form: reference, id, fen with the sign of the direction, whether it is a return.
    static func bookings(_ document: String, _ rules: StatementRules = rules) throws(XMLFault) -> [String] {
        try read(document, rules).flatMap(\.bookings).map {
            "\($0.reference) \($0.endToEndID) \($0.direction == .debit ? "-" : "+")\($0.amountFen.rawValue)\($0.isReturn ? " return" : "")"
        }
    }

    /// The fault of a refused statement; nil if it is accepted.
    static func fault(_ document: String, _ rules: StatementRules = rules) -> XMLFault? {
        do {
            _ = try read(document, rules)
            return nil
        } catch {
            return error
        }
    }
}
