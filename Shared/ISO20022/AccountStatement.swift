public import Foundation
public import Kernel

/// A bank's statement of an account (camt.053).
public struct AccountStatement: Sendable, Hashable {
    /// The direction of a booking, seen from the account.
    public enum Direction: String, Sendable, Hashable {
        /// Money leaves the account.
        case debit = "DBIT"
        /// Money enters the account.
        case credit = "CRDT"
    }

    /// One transaction that the bank has booked on the account.
    public struct Booking: Sendable, Hashable {
        /// The bank's reference; if there is none, the position on the statement.
        public let reference: String
        /// The end-to-end id of the instruction; empty if the booking names none.
        public let endToEndID: String
        /// The amount.
        public let amountFen: Fen
        /// The direction.
        public let direction: Direction
        /// Whether the bank marks it as the reversal or return of an earlier booking. A debit then reverses a credit, a credit reverses a
        /// debit.
        public let isReturn: Bool
        /// When it was booked.
        public let at: Date

        /// A booking.
        public init(
            reference: String, endToEndID: String, amountFen: Fen, direction: Direction = .debit, isReturn: Bool = false, at: Date
        ) {
            self.reference = reference
            self.endToEndID = endToEndID
            self.amountFen = amountFen
            self.direction = direction
            self.isReturn = isReturn
            self.at = at
        }
    }

    /// The statement's own id.
    public let id: String
    /// The account's number.
    public let account: String
    /// When it was created.
    public let createdAt: Date
    /// The bookings, in the order of the statement.
    public let bookings: [Booking]
    /// The number of entries that are not booked: pending, announced, or for information.
    public let unbookedCount: Int

    /// A statement.
    public init(id: String, account: String, createdAt: Date, bookings: [Booking], unbookedCount: Int = 0) {
        self.id = id
        self.account = account
        self.createdAt = createdAt
        self.bookings = bookings
        self.unbookedCount = unbookedCount
    }

    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

    /// The XML document, without entries that are not booked. The simulated account starts at zero and may be overdrawn.
    public var document: String {
        let net = bookings.reduce(Int64(0)) { $0 &+ ($1.direction == .credit ? $1.amountFen.rawValue : -$1.amountFen.rawValue) }
        return XMLElement("Document", attributes: ["xmlns": Self.namespace]) {
            XMLElement("BkToCstmrStmt") {
                XMLElement("GrpHdr") {
                    XMLElement("MsgId", id)
                    XMLElement("CreDtTm", ISOTime.text(createdAt))
                }
                XMLElement("Stmt") {
                    XMLElement("Id", id)
                    XMLElement("Acct") {
                        XMLElement("Id") { XMLElement("Othr") { XMLElement("Id", account) } }
                        XMLElement("Ccy", "CNY")
                    }
                    balance("OPBD", 0)
                    balance("CLBD", net)
                    bookings.map(entry)
                }
            }
        }.document
    }

    private func balance(_ code: String, _ fen: Int64) -> XMLElement {
        XMLElement("Bal") {
            XMLElement("Tp") { XMLElement("CdOrPrtry") { XMLElement("Cd", code) } }
            XMLElement("Amt", Fen(abs(fen)).yuanText, attributes: ["Ccy": "CNY"])
            XMLElement("CdtDbtInd", fen < 0 ? "DBIT" : "CRDT")
            XMLElement("Dt") { XMLElement("Dt", ISOTime.day(createdAt)) }
        }
    }

    private func entry(_ booking: Booking) -> XMLElement {
        XMLElement("Ntry") {
            XMLElement("Amt", booking.amountFen.yuanText, attributes: ["Ccy": "CNY"])
            XMLElement("CdtDbtInd", booking.direction.rawValue)
            if booking.isReturn { XMLElement("RvslInd", "true") }
            XMLElement("Sts") { XMLElement("Cd", "BOOK") }
            XMLElement("BookgDt") { XMLElement("DtTm", ISOTime.text(booking.at)) }
            XMLElement("AcctSvcrRef", booking.reference)
            XMLElement("BkTxCd") {
                XMLElement("Domn") {
                    XMLElement("Cd", "PMNT")
                    XMLElement("Fmly") {
                        XMLElement("Cd", "ICDT")
                        XMLElement("SubFmlyCd", "DMCT")
                    }
                }
            }
            XMLElement("NtryDtls") {
                XMLElement("TxDtls") {
                    XMLElement("Refs") { XMLElement("EndToEndId", booking.endToEndID.isEmpty ? "NOTPROVIDED" : booking.endToEndID) }
                }
            }
        }
    }
}
