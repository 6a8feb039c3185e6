internal import Foundation
internal import Kernel

extension AccountStatement {
    /// Parses a message: all of its statements in order, with the pages of each joined.
    ///
    /// The whole message is refused if any part is not understood: another account or currency, an unknown element or status, details that
    /// do not sum to their entry's amount, balances or totals that do not match the entries, or a missing page.
    public static func reading(_ bytes: [UInt8], rules: StatementRules) throws(XMLFault) -> [AccountStatement] {
        do {
            let document = try XMLElement(reading: bytes)
            return try document.reading { document throws(XMLFault) in try StatementReader(rules: rules).read(document) }
        } catch {
            var fault = error
            if fault.documentID == nil { fault.documentID = "sha256:\(ContentHash(of: bytes).description.prefix(16))" }
            throw fault
        }
    }
}

/// Parses statements from the elements of a message.
struct StatementReader {
    let rules: StatementRules

    /// A page of a statement.
    private struct Page {
        let element: XMLElement
        let statement: AccountStatement
        let entries: [StatementEntry]
        let number: Int?
        let isLast: Bool
    }

    func read(_ document: XMLElement) throws(XMLFault) -> [AccountStatement] {
        let message = try document.requireMessage("camt.053", "BkToCstmrStmt", versions: 2...13)
        let messageID = (try? message.one("GrpHdr")?.max35("MsgId")) ?? nil
        do {
            return try message.reading { message throws(XMLFault) in try statements(of: message) }
        } catch {
            var fault = error
            fault.documentID = fault.documentID ?? messageID
            throw fault
        }
    }

    private func statements(of message: XMLElement) throws(XMLFault) -> [AccountStatement] {
        try message.requireChildren(["GrpHdr"], many: ["Stmt", "SplmtryData"])
        let header = try message.requiredChild("GrpHdr")
        let createdAt = try header.reading { header throws(XMLFault) in try read(header: header) }
        var pages: [Page] = []
        for element in message.all("Stmt") {
            do {
                pages.append(try element.reading { element throws(XMLFault) in try page(element, createdAt) })
            } catch {
                var fault = error
                fault.documentID = (try? element.max35("Id")) ?? nil
                throw fault
            }
        }
        guard !pages.isEmpty else { throw XMLFault(zh: "缺少Stmt", en: "Stmt is missing") }
        var ids: [String] = []
        for page in pages where !ids.contains(page.statement.id) { ids.append(page.statement.id) }
        var statements: [AccountStatement] = []
        for id in ids { statements.append(try joined(pages.filter { $0.statement.id == id })) }
        try requireExplainedReturns(pages)
        return statements
    }

    private func read(header: XMLElement) throws(XMLFault) -> Date? {
        try header.requireChildren(["MsgId", "CreDtTm", "MsgRcpt", "MsgPgntn", "OrgnlBizQry", "AddtlInf"])
        if let (number, isLast) = try pagination(header, "MsgPgntn"), number != 1 || !isLast {
            throw XMLFault(zh: "报文分页，未取得全部", en: "the message is one page of several")
        }
        return try instant(header)
    }

    private func instant(_ element: XMLElement) throws(XMLFault) -> Date? {
        try element.one("CreDtTm")?.reading { element throws(XMLFault) in
            guard let instant = ISOTime.instant(element.text) else { throw XMLFault(zh: "时间不可识别", en: "the time cannot be read") }
            return instant
        }
    }

    private func pagination(_ element: XMLElement, _ name: String) throws(XMLFault) -> (number: Int, isLast: Bool)? {
        try element.one(name)?.reading { element throws(XMLFault) in
            guard let number = Int(try element.requiredChild("PgNb").text) else {
                throw XMLFault(zh: "页码不可识别", en: "the page number cannot be read")
            }
            return (number, try element.requiredChild("LastPgInd").truth())
        }
    }

    // MARK: One statement

    private static let parts: Set<String> = [
        "Id", "StmtPgntn", "ElctrncSeqNb", "RptgSeq", "LglSeqNb", "CreDtTm", "FrToDt", "CpyDplctInd", "RptgSrc", "Acct", "RltdAcct",
        "TxsSummry",
        "AddtlStmtInf",
    ]

    private func page(_ element: XMLElement, _ messageAt: Date?) throws(XMLFault) -> Page {
        try element.requireChildren(Self.parts, many: ["Intrst", "Bal", "Ntry"])
        let id = try element.requiredChild("Id").reading { id throws(XMLFault) in try id.max35Text() }
        let account = try element.requiredChild("Acct").reading { account throws(XMLFault) in try number(account) }
        let pages = try pagination(element, "StmtPgntn")
        var entries: [StatementEntry] = []
        for entry in element.all("Ntry") {
            entries.append(
                try entry.reading { entry throws(XMLFault) in try StatementEntry(entry, place: "\(id)/\(entry.order)", rules: rules) })
        }
        if pages == nil, let summary = try element.one("TxsSummry") {
            try summary.reading { summary throws(XMLFault) in try StatementTotals.check(summary, entries) }
        }
        let statement = AccountStatement(
            id: id, account: account, createdAt: try instant(element) ?? messageAt ?? .distantPast,
            bookings: entries.flatMap(\.bookings), unbookedCount: entries.count { $0.status != .booked })
        return Page(element: element, statement: statement, entries: entries, number: pages?.number, isLast: pages?.isLast ?? true)
    }

    private func number(_ account: XMLElement) throws(XMLFault) -> String {
        let id = try account.requiredChild("Id")
        guard id.children.count == 1, let number = id.first("IBAN")?.text ?? id.first("Othr", "Id")?.text, !number.isEmpty else {
            throw XMLFault(zh: "账号不可识别", en: "the account's number cannot be read")
        }
        guard rules.account == nil || rules.account == number else {
            throw XMLFault(zh: "不是付款账户的对账单", en: "the statement is not of the paying account")
        }
        guard try account.one("Ccy").map({ $0.text == "CNY" }) ?? true else {
            throw XMLFault(zh: "账户币种应为CNY", en: "the account's currency is not CNY")
        }
        return number
    }

    /// Joins the pages of one statement. Throws if a page is missing.
    private func joined(_ pages: [Page]) throws(XMLFault) -> AccountStatement {
        let first = pages[0]
        let numbers = pages.map { $0.number ?? 1 }
        let isWhole = numbers == Array(1...pages.count) && pages.map(\.isLast) == Array(repeating: false, count: pages.count - 1) + [true]
        guard isWhole else {
            throw fault(
                in: pages[pages.count - 1], zh: "对账单页不全，或编号重复", en: "pages of the statement are missing, or its id is not unique")
        }
        do {
            try StatementBalances(pages.flatMap { $0.element.all("Bal") }).check(against: pages.flatMap(\.entries))
        } catch {
            var fault = error.inside(first.element)
            fault.documentID = first.statement.id
            throw fault
        }
        return AccountStatement(
            id: first.statement.id, account: first.statement.account, createdAt: first.statement.createdAt,
            bookings: pages.flatMap(\.statement.bookings), unbookedCount: pages.reduce(0) { $0 + $1.statement.unbookedCount })
    }

    private func fault(in page: Page, zh: String, en: String) -> XMLFault {
        var fault = XMLFault(zh: zh, en: en).inside(page.element)
        fault.documentID = page.statement.id
        return fault
    }

    /// Throws if a debit is marked as a reversal and the reversed credit is not on the statement: the direction is then ambiguous, because
    /// some banks mark a *reversed* debit in the same way.
    private func requireExplainedReturns(_ pages: [Page]) throws(XMLFault) {
        let bookings = pages.flatMap(\.statement.bookings)
        let credits = Dictionary(grouping: bookings.filter { $0.direction == .credit }, by: \.endToEndID)
        var taken: [String: Int64] = [:]
        for page in pages {
            for entry in page.entries {
                for booking in entry.bookings where booking.direction == .debit && booking.isReturn && !booking.endToEndID.isEmpty {
                    taken[booking.endToEndID, default: 0] &+= booking.amountFen.rawValue
                    let credited = (credits[booking.endToEndID] ?? []).reduce(Int64(0)) { $0 &+ $1.amountFen.rawValue }
                    guard taken[booking.endToEndID] ?? 0 <= credited else {
                        var fault = XMLFault(
                            zh: "冲销借记未见所冲销的贷记", en: "the debit reverses a credit that is not on the statement"
                        ).inside(entry.element).inside(page.element)
                        fault.documentID = page.statement.id
                        throw fault
                    }
                }
            }
        }
    }
}
