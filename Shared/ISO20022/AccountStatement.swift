public import Foundation
public import Kernel

/// What a bank has booked on an account, as a statement (camt.053.001.08).
public struct AccountStatement: Sendable, Hashable {
    /// One payment that left the account.
    public struct Booking: Sendable, Hashable {
        /// The bank's reference, unique on the statement.
        public let reference: String
        /// The end-to-end id of the instruction it carries out; empty where it has none.
        public let endToEndID: String
        /// What was paid.
        public let amountFen: Fen
        /// When.
        public let at: Date

        /// A booking.
        public init(reference: String, endToEndID: String, amountFen: Fen, at: Date) {
            self.reference = reference
            self.endToEndID = endToEndID
            self.amountFen = amountFen
            self.at = at
        }
    }

    /// The statement's own id.
    public let id: String
    /// The account's number.
    public let account: String
    /// When it was drawn up.
    public let createdAt: Date
    /// What left the account, in the order of booking.
    public let bookings: [Booking]

    /// A statement.
    public init(id: String, account: String, createdAt: Date, bookings: [Booking]) {
        self.id = id
        self.account = account
        self.createdAt = createdAt
        self.bookings = bookings
    }

    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

    /// The document. The balances are what was paid: the simulated account begins at nothing and may be overdrawn.
    public var document: String {
        let total = (try? Fen.sum(bookings.map(\.amountFen))) ?? .max
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
                    balance("OPBD", .zero)
                    balance("CLBD", total)
                    bookings.map(entry)
                }
            }
        }.document
    }

    private func balance(_ code: String, _ amount: Fen) -> XMLElement {
        XMLElement("Bal") {
            XMLElement("Tp") { XMLElement("CdOrPrtry") { XMLElement("Cd", code) } }
            XMLElement("Amt", amount.yuanText, attributes: ["Ccy": "CNY"])
            XMLElement("CdtDbtInd", "DBIT")
            XMLElement("Dt") { XMLElement("Dt", ISOTime.day(createdAt)) }
        }
    }

    private func entry(_ booking: Booking) -> XMLElement {
        XMLElement("Ntry") {
            XMLElement("Amt", booking.amountFen.yuanText, attributes: ["Ccy": "CNY"])
            XMLElement("CdtDbtInd", "DBIT")
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
                XMLElement("TxDtls") { XMLElement("Refs") { XMLElement("EndToEndId", booking.endToEndID) } }
            }
        }
    }

    /// Reads a document. A booking that cannot be read fails the whole: a statement with one passed over proves nothing.
    public init(document text: String) throws(XMLFault) {
        guard let statement = try XMLElement(reading: text).first("BkToCstmrStmt", "Stmt"), let id = statement.first("Id")?.text,
            let account = statement.first("Acct", "Id", "Othr", "Id")?.text
        else { throw XMLFault("not a camt.053") }
        var bookings: [Booking] = []
        for entry in statement.all("Ntry") where entry.first("CdtDbtInd")?.text == "DBIT" && entry.first("Sts", "Cd")?.text == "BOOK" {
            guard let reference = entry.first("AcctSvcrRef")?.text, let amount = entry.first("Amt"), amount.attributes["Ccy"] == "CNY",
                let fen = try? Fen(yuan: amount.text)
            else { throw XMLFault("a booking of a camt.053 cannot be read") }
            let endToEnd = entry.first("NtryDtls", "TxDtls", "Refs", "EndToEndId")?.text ?? ""
            let at = entry.first("BookgDt", "DtTm").flatMap { ISOTime.instant($0.text) }
            bookings.append(Booking(reference: reference, endToEndID: endToEnd, amountFen: fen, at: at ?? .distantPast))
        }
        let created = try XMLElement(reading: text).first("BkToCstmrStmt", "GrpHdr", "CreDtTm").flatMap { ISOTime.instant($0.text) }
        self.init(id: id, account: account, createdAt: created ?? .distantPast, bookings: bookings)
    }
}
