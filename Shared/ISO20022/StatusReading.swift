internal import Foundation
internal import Kernel

extension PaymentStatus {
    /// A parsed status report.
    public struct Report: Sendable, Hashable {
        /// The statuses of instructions with our id format, in order.
        public var statuses: [PaymentStatus]
        /// The number of statuses of other instructions.
        public var foreignCount: Int

        /// A report.
        public init(statuses: [PaymentStatus] = [], foreignCount: Int = 0) {
            self.statuses = statuses
            self.foreignCount = foreignCount
        }
    }

    /// Every status of ISO 20022 that is not final (`ExternalPaymentTransactionStatus1Code`), including cancelled and blocked: the payment
    /// must not be sent again until people have clarified it with the bank.
    private static let open: Set<String> = [
        "RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC", "ACIS", "ACPD", "PATC", "PART", "PDNG", "PRES", "CPUC", "BLCK", "CANC",
    ]
    /// The final statuses: settled on the debtor's or the creditor's account.
    private static let settled: Set<String> = ["ACSC", "ACCC"]

    /// Parses a status report (pain.002). Throws if it is not one. An unreliable status of one of our instructions is `notUnderstood`.
    public static func reading(_ bytes: [UInt8]) throws(XMLFault) -> Report {
        let document = try XMLElement(reading: bytes)
        return try document.reading { document throws(XMLFault) in
            let message = try document.requireMessage("pain.002", "CstmrPmtStsRpt", versions: 3...14)
            return try message.reading { message throws(XMLFault) in try report(message) }
        }
    }

    private static func report(_ message: XMLElement) throws(XMLFault) -> Report {
        let isGroupRejected = try status(message.one("OrgnlGrpInfAndSts"), "GrpSts") == .rejected
        var report = Report()
        for information in message.all("OrgnlPmtInfAndSts") {
            try information.reading { information throws(XMLFault) in
                let isAllRejected = try status(information, "PmtInfSts") == .rejected || isGroupRejected
                let transactions = information.all("TxInfAndSts")
                if transactions.isEmpty {
                    // Each of our messages has one payment, so a status of all its payments applies to that one.
                    if isAllRejected { take(information.first("OrgnlPmtInfId"), rejection(of: information), into: &report) }
                    return
                }
                for transaction in transactions {
                    var said = PaymentStatus(transaction, within: information)
                    if isAllRejected, said?.code != .rejected { said = said?.unreliable }
                    take(transaction.first("OrgnlEndToEndId"), said, into: &report)
                }
            }
        }
        if message.all("OrgnlPmtInfAndSts").isEmpty, isGroupRejected, let group = try message.one("OrgnlGrpInfAndSts") {
            take(group.first("OrgnlMsgId"), rejection(of: group), into: &report)
        }
        return report
    }

    private static func take(_ id: XMLElement?, _ status: PaymentStatus?, into report: inout Report) {
        guard let id, let ours = UUID(compact: id.text) else {
            report.foreignCount += 1
            return
        }
        report.statuses.append(status ?? PaymentStatus(id: ours, code: .notUnderstood, at: .distantPast))
    }

    private static func status(_ element: XMLElement?, _ name: String) throws(XMLFault) -> Code? {
        guard let text = try element?.one(name)?.text else { return nil }
        if text == "RJCT" { return .rejected }
        return settled.contains(text) ? .settled : open.contains(text) ? .pending : .notUnderstood
    }

    private static func rejection(of element: XMLElement) -> PaymentStatus? {
        let id = element.first("OrgnlPmtInfId") ?? element.first("OrgnlMsgId")
        return id.flatMap { UUID(compact: $0.text) }.map { id in
            PaymentStatus(
                id: id, code: .rejected, reasonCode: element.first("StsRsnInf", "Rsn", "Cd")?.text,
                reason: element.first("StsRsnInf", "AddtlInf")?.text, at: .distantPast)
        }
    }

    private var unreliable: PaymentStatus { PaymentStatus(id: id, code: .notUnderstood, at: at) }

    /// The status of one of our instructions; nil if it is not reliable.
    private init?(_ element: XMLElement, within information: XMLElement) {
        guard let id = element.first("OrgnlEndToEndId").flatMap({ UUID(compact: $0.text) }),
            let code = try? Self.status(element, "TxSts"), code != .notUnderstood,
            Self.isNone(information.first("OrgnlPmtInfId"), or: id),
            element.all("OrgnlEndToEndId").count == 1, element.all("OrgnlTxRef").count <= 1, element.all("AcctSvcrRef").count <= 1
        else { return nil }
        let amounts = element.first("OrgnlTxRef")?.first("Amt")?.children ?? []
        let fen = amounts.count == 1 && amounts[0].name == "InstdAmt" ? try? amounts[0].yuan() : nil
        guard amounts.isEmpty || fen != nil, let reference = try? Self.reference(element) else { return nil }
        self.init(
            id: id, code: code, reasonCode: Self.reasonCode(element), reason: Self.reason(element),
            reference: reference.isEmpty ? nil : reference, amountFen: fen,
            at: element.first("AccptncDtTm").flatMap { ISOTime.instant($0.text) } ?? .distantPast)
    }

    /// The bank's reference; empty if there is none.
    private static func reference(_ element: XMLElement) throws(XMLFault) -> String { try element.max35("AcctSvcrRef") ?? "" }

    private static func isNone(_ element: XMLElement?, or id: UUID) -> Bool {
        guard let element, element.text != "NOTPROVIDED" else { return true }
        return UUID(compact: element.text) == id
    }

    private static func reasonCode(_ element: XMLElement) -> String? {
        (element.first("StsRsnInf", "Rsn", "Cd") ?? element.first("StsRsnInf", "Rsn", "Prtry"))?.text
    }

    /// The whole reason text, which a bank may split into several elements.
    private static func reason(_ element: XMLElement) -> String? {
        let words = element.all("StsRsnInf").flatMap { $0.all("AddtlInf") }.map(\.text).filter { !$0.isEmpty }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
