import Foundation
import ISO20022
import Kernel
import Testing

@Suite("Statements from a bank")
struct StatementReadingTests {
    private let ids = Statements.ids
    private func one(_ entries: String...) -> String { Statements.message(Statements.statement(entries.joined())) }

    @Test("every statement of a message is parsed, in every supported version")
    func several() throws {
        let document = Statements.message(
            Statements.statement(Statements.entry("R1", ids[0], "1.00")),
            Statements.statement(Statements.entry("R2", ids[1], "2.00") + Statements.entry("R3", "NOTPROVIDED", "3"), id: "S2"))
        #expect(try Statements.bookings(document) == ["R1 \(ids[0]) -100", "R2 \(ids[1]) -200", "R3  -300"])
        for version in ["02", "04", "06", "08", "10", "13"] {
            #expect(try Statements.bookings(Statements.message(Statements.statement(""), version: version)).isEmpty)
        }
        for version in ["01", "14", "8", "008"] {
            #expect(Statements.fault(Statements.message(Statements.statement(""), version: version)) != nil)
        }
    }

    @Test("each transaction of an entry is parsed; if they do not sum to the entry's amount, the statement is refused")
    func batch() throws {
        let some = Statements.transaction(ids[0], "1.00") + Statements.transaction(ids[1], "2.50")
        #expect(
            try Statements.bookings(one(Statements.entry("R1", "", "3.50", details: some))) == ["R1 \(ids[0]) -100", "R1 \(ids[1]) -250"])
        let split = "\(Statements.transaction(ids[0], "1.00"))</NtryDtls><NtryDtls>\(Statements.transaction(ids[1], "2.50"))"
        #expect(try Statements.bookings(one(Statements.entry("R1", "", "3.50", details: split))).count == 2)
        #expect(Statements.fault(one(Statements.entry("R1", "", "3.51", details: some)))?.place == "Document/BkToCstmrStmt/Stmt/Ntry")
        let withoutAmount = some + "<TxDtls><Refs><EndToEndId>\(ids[2])</EndToEndId></Refs></TxDtls>"
        #expect(Statements.fault(one(Statements.entry("R1", "", "3.50", details: withoutAmount))) != nil)
        for batch in ["<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>2</NbOfTxs><TtlAmt Ccy=\"CNY\">3.50</TtlAmt>"] {
            #expect(try Statements.bookings(one(Statements.entry("R1", "", "3.50", details: "<Btch>\(batch)</Btch>" + some))).count == 2)
        }
        for batch in ["<NbOfTxs>3</NbOfTxs>", "<TtlAmt Ccy=\"CNY\">3.51</TtlAmt>"] {
            #expect(Statements.fault(one(Statements.entry("R1", "", "3.50", details: "<Btch>\(batch)</Btch>" + some))) != nil)
        }
        let named = try Statements.bookings(one(Statements.entry("R1", "", "3.50", details: "<Btch><PmtInfId>\(ids[0])</PmtInfId></Btch>")))
        #expect(named == ["R1 \(ids[0]) -350"])
    }

    @Test("credits, reversals and returns are parsed with their direction")
    func returns() throws {
        let paid = Statements.entry("R1", ids[0], "1.00")
        let reversal = Statements.entry("R2", ids[0], "1.00", "CRDT", reversal: "<RvslInd>true</RvslInd>")
        #expect(try Statements.bookings(one(paid, reversal)) == ["R1 \(ids[0]) -100", "R2 \(ids[0]) +100 return"])
        let plain = Statements.entry("R2", ids[0], "0.40", "CRDT")
        #expect(try Statements.bookings(one(paid, plain)) == ["R1 \(ids[0]) -100", "R2 \(ids[0]) +40"])
        let returned = Statements.entry(
            "R2", "", "1.00", "CRDT", details: Statements.transaction(ids[0], "1.00", more: "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"))
        #expect(try Statements.bookings(one(paid, returned)).last == "R2 \(ids[0]) +100 return")
        // A debit that reverses a credit; without that credit the direction is ambiguous.
        let again = Statements.entry("R3", ids[0], "1.00", reversal: "<RvslInd>true</RvslInd>")
        #expect(try Statements.bookings(one(paid, reversal, again)).last == "R3 \(ids[0]) -100 return")
        #expect(Statements.fault(one(paid, again))?.place == "Document/BkToCstmrStmt/Stmt/Ntry[2]")
    }

    @Test("only booked entries count; an unknown status is refused, a proprietary one unless a setting defines it")
    func statuses() throws {
        func statement(_ status: String) -> String { one(Statements.entry("R1", ids[0], "1.00", status: status)) }
        for status in ["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"] { #expect(try Statements.bookings(statement(status)).count == 1) }
        for status in ["PDNG", "INFO", "FUTR"] {
            let read = try Statements.read(statement("<Sts><Cd>\(status)</Cd></Sts>"))
            #expect(read[0].bookings.isEmpty && read[0].unbookedCount == 1)
        }
        let own = statement("<Sts><Prtry>已入账</Prtry></Sts>")
        #expect(Statements.fault(own)?.place == "Document/BkToCstmrStmt/Stmt/Ntry/Sts")
        let rules = StatementRules(account: Statements.account, proprietaryStatuses: ["已入账": .booked])
        #expect(try Statements.bookings(own, rules).count == 1)
        for status in ["", "<Sts/>", "<Sts><Cd>DONE</Cd></Sts>", "<Sts><Cd>BOOK</Cd><Prtry>x</Prtry></Sts>", "<Sts>book</Sts>"] {
            #expect(Statements.fault(statement(status)) != nil)
        }
    }

    @Test(
        "amounts are parsed by the schema, in whole fen",
        arguments: [
            ("77.00", 7700), ("77", 7700), ("77.000", 7700), ("77.5", 7750), ("-77.00", nil), ("+77.00", nil), ("0.00", nil),
            ("77.005", nil),
            ("1,077.00", nil), (" 77.00 ", nil), ("7.7E1", nil), ("７７.００", nil), ("77.", nil), (".77", nil), ("77.000000", nil),
            ("99999999999999999999.00", nil), ("", nil), ("77.0.0", nil),
        ] as [(String, Int64?)])
    func amounts(text: String, fen: Int64?) {
        let read = try? Statements.read(one(Statements.entry("R1", ids[0], text)))
        #expect(read?[0].bookings.map(\.amountFen) == fen.map { [Fen($0)] })
    }

    @Test("another account, currency or message, or an entry without a direction is refused as a whole")
    func others() {
        let entry = Statements.entry("R1", ids[0], "1.00")
        #expect(Statements.fault(Statements.message(Statements.statement(entry, account: "999999")))?.documentID == "S1")
        let second = Statements.message(Statements.statement(entry), Statements.statement("", id: "S2", account: "999999"))
        #expect(Statements.fault(second)?.documentID == "S2")
        #expect(Statements.fault(one(Statements.entry("R1", ids[0], "1.00", currency: "USD"))) != nil)
        #expect(Statements.fault(Statements.message(Statements.statement(entry), part: "BkToCstmrAcctRpt")) != nil)
        #expect(Statements.fault(one(entry).replacing("<CdtDbtInd>DBIT</CdtDbtInd>", with: ""))?.place?.hasSuffix("Stmt/Ntry") == true)
        #expect(Statements.fault(one(Statements.entry("a&#0;b", ids[0], "1.00"))) != nil)
        #expect(Statements.fault("<html/>")?.documentID?.hasPrefix("sha256:") == true)
        #expect(Statements.fault(one(entry).replacing("<Ntry>", with: "<Ntry><Neu>1</Neu>")) != nil)
    }

    @Test("balances and totals must match the entries")
    func balances() {
        let entries = Statements.entry("R1", ids[0], "1.00") + Statements.entry("R2", ids[1], "0.25", "CRDT")
        func statement(_ opening: String, _ closing: String, _ way: String = "CRDT") -> String {
            Statements.message(
                Statements.statement(
                    entries, balances: Statements.balance("OPBD", opening) + Statements.balance("CLBD", closing, way)))
        }
        #expect(Statements.fault(statement("10.00", "9.25")) == nil)
        #expect(Statements.fault(statement("0.00", "0.75", "DBIT")) == nil)
        #expect(Statements.fault(statement("10.00", "9.00"))?.place == "Document/BkToCstmrStmt/Stmt/Bal[2]")
        func summed(_ total: String) -> String {
            Statements.message(Statements.statement(entries, balances: "<TxsSummry>\(total)</TxsSummry>"))
        }
        #expect(Statements.fault(summed("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>1.25</Sum></TtlNtries>")) == nil)
        #expect(Statements.fault(summed("<TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries>")) != nil)
        #expect(Statements.fault(summed("<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>1.01</Sum></TtlDbtNtries>")) != nil)
    }

    @Test("the pages of a statement are joined; a missing page or a second statement with the same id is refused")
    func pages() throws {
        func page(_ number: Int, isLast: Bool, _ entries: String) -> String {
            Statements.statement(
                entries, before: "<StmtPgntn><PgNb>\(number)</PgNb><LastPgInd>\(isLast)</LastPgInd></StmtPgntn>")
        }
        let first = Statements.entry("R1", ids[0], "1.00")
        let second = Statements.entry("R2", ids[1], "2.00")
        let whole = try Statements.read(Statements.message(page(1, isLast: false, first), page(2, isLast: true, second)))
        #expect(whole.count == 1 && whole[0].bookings.count == 2)
        #expect(Statements.fault(Statements.message(page(1, isLast: false, first))) != nil)
        #expect(Statements.fault(Statements.message(page(2, isLast: true, second))) != nil)
        #expect(Statements.fault(Statements.message(page(1, isLast: false, first), page(3, isLast: true, second))) != nil)
        #expect(Statements.fault(Statements.message(Statements.statement(first), Statements.statement(second))) != nil)
        let paged = Statements.message(
            Statements.statement(first), header: "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>")
        #expect(Statements.fault(paged) != nil)
    }
}
