public import Foundation
public import Kernel

/// What a bank says of one instruction, as a payment status report (pain.002.001.10).
public struct PaymentStatus: Sendable, Hashable {
    /// Where the instruction stands, by the code of ISO 20022.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Booked, finally.
        case settled = "ACSC"
        /// Rejected, finally.
        case rejected = "RJCT"
        /// Taken, and not decided.
        case pending = "PDNG"
        /// Nothing that could be relied on: an unknown status, another currency, a part that contradicts another.
        case notUnderstood = ""
    }

    /// The instruction.
    public let id: UUID
    /// Where it stands.
    public let code: Code
    /// Why it was rejected, by a code of ISO 20022: `AC01`.
    public let reasonCode: String?
    /// Why, in words.
    public let reason: String?
    /// The bank's reference of the booking.
    public let reference: String?
    /// What was booked.
    public let amountFen: Fen?
    /// When the bank said so.
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
