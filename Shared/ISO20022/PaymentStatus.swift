public import Foundation
public import Kernel

/// A bank's status of one instruction, from a payment status report (pain.002.001.10).
public struct PaymentStatus: Sendable, Hashable {
    /// The status of the instruction by its ISO 20022 code.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Booked; final.
        case settled = "ACSC"
        /// Rejected; final.
        case rejected = "RJCT"
        /// Accepted, but not decided.
        case pending = "PDNG"
        /// Not reliable: an unknown status, another currency, or contradictory parts.
        case notUnderstood = ""
    }

    /// The instruction.
    public let id: UUID
    /// The status.
    public let code: Code
    /// The ISO 20022 code of the rejection's reason: `AC01`.
    public let reasonCode: String?
    /// The reason as text.
    public let reason: String?
    /// The bank's reference of the booking.
    public let reference: String?
    /// The booked amount.
    public let amountFen: Fen?
    /// When the bank reported it.
    public let at: Date

    /// A status.
    public init(
        id: UUID, code: Code, reasonCode: String? = nil, reason: String? = nil, reference: String? = nil, amountFen: Fen? = nil, at: Date
    ) {
        self.id = id
        self.code = code
        self.reasonCode = reasonCode
        self.reason = reason
        self.reference = reference
        self.amountFen = amountFen
        self.at = at
    }

    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"

    /// A document of several statuses, one for each `OrgnlPmtInfAndSts`, in order.
    public static func document(_ statuses: [PaymentStatus], id: String, at: Date) -> String {
        XMLElement("Document", attributes: ["xmlns": namespace]) {
            XMLElement("CstmrPmtStsRpt") {
                XMLElement("GrpHdr") {
                    XMLElement("MsgId", id)
                    XMLElement("CreDtTm", ISOTime.text(at))
                }
                XMLElement("OrgnlGrpInfAndSts") {
                    XMLElement("OrgnlMsgId", statuses.first?.id.compact ?? "NOTPROVIDED")
                    XMLElement("OrgnlMsgNmId", "pain.001.001.09")
                }
                statuses.map(\.element)
            }
        }.document
    }

    private var element: XMLElement {
        XMLElement("OrgnlPmtInfAndSts") {
            XMLElement("OrgnlPmtInfId", id.compact)
            XMLElement("TxInfAndSts") {
                XMLElement("OrgnlEndToEndId", id.compact)
                XMLElement("TxSts", code.rawValue)
                if let reasonCode {
                    XMLElement("StsRsnInf") {
                        XMLElement("Rsn") { XMLElement("Cd", reasonCode) }
                        if let reason { XMLElement("AddtlInf", String(reason.prefix(105))) }
                    }
                }
                XMLElement("AccptncDtTm", ISOTime.text(at))
                if let reference { XMLElement("AcctSvcrRef", reference) }
                if let amountFen {
                    XMLElement("OrgnlTxRef") {
                        XMLElement("Amt") { XMLElement("InstdAmt", amountFen.yuanText, attributes: ["Ccy": "CNY"]) }
                    }
                }
            }
        }
    }
}
