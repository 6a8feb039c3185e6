public import Foundation
public import Kernel

/// A bank account in a payment. Must not be logged, because it contains the account number.
public struct BankAccount: Sendable, Hashable {
    /// The owner's name, exactly as registered with the bank.
    public let name: String
    /// The number, up to 34 characters.
    public let number: String
    /// The branch's 12 digits in the People's Bank payment system.
    public let bankCode: String

    /// An account.
    public init(name: String, number: String, bankCode: String) {
        self.name = name
        self.number = number
        self.bankCode = bankCode
    }

    fileprivate func party(_ name: String) -> XMLElement { XMLElement(name) { XMLElement("Nm", String(self.name.prefix(140))) } }

    fileprivate func account(_ name: String) -> XMLElement {
        XMLElement(name) { XMLElement("Id") { XMLElement("Othr") { XMLElement("Id", number) } } }
    }

    fileprivate func agent(_ name: String) -> XMLElement {
        XMLElement(name) {
            XMLElement("FinInstnId") {
                XMLElement("ClrSysMmbId") {
                    XMLElement("ClrSysId") { XMLElement("Cd", "CNAPS") }
                    XMLElement("MmbId", bankCode)
                }
            }
        }
    }

    fileprivate init?(party: XMLElement?, account: XMLElement?, agent: XMLElement?) {
        guard let name = party?.first("Nm")?.text, let number = account?.first("Id", "Othr", "Id")?.text,
            let code = agent?.first("FinInstnId", "ClrSysMmbId", "MmbId")?.text
        else { return nil }
        self.init(name: name, number: number, bankCode: code)
    }
}

/// One payment instruction to a bank, as a customer credit transfer initiation (pain.001.001.09).
public struct CreditTransfer: Sendable, Hashable {
    /// The instruction's end-to-end id. A bank books it once, even if it is sent several times.
    public let id: UUID
    /// The amount.
    public let amountFen: Fen
    /// The payer's account.
    public let payer: BankAccount
    /// The payee's account.
    public let payee: BankAccount
    /// The remittance information on the payee's statement, up to 140 characters.
    public let remittance: String
    /// When the instruction was created.
    public let createdAt: Date

    /// A payment.
    public init(id: UUID, amountFen: Fen, payer: BankAccount, payee: BankAccount, remittance: String, createdAt: Date) {
        self.id = id
        self.amountFen = amountFen
        self.payer = payer
        self.payee = payee
        self.remittance = remittance
        self.createdAt = createdAt
    }

    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

    /// The XML document.
    public var document: String {
        XMLElement("Document", attributes: ["xmlns": Self.namespace]) {
            XMLElement("CstmrCdtTrfInitn") {
                XMLElement("GrpHdr") {
                    XMLElement("MsgId", id.compact)
                    XMLElement("CreDtTm", ISOTime.text(createdAt))
                    XMLElement("NbOfTxs", "1")
                    XMLElement("CtrlSum", amountFen.yuanText)
                    payer.party("InitgPty")
                }
                paymentInformation
            }
        }.document
    }

    private var paymentInformation: XMLElement {
        XMLElement("PmtInf") {
            XMLElement("PmtInfId", id.compact)
            XMLElement("PmtMtd", "TRF")
            XMLElement("ReqdExctnDt") { XMLElement("Dt", ISOTime.day(createdAt)) }
            payer.party("Dbtr")
            payer.account("DbtrAcct")
            payer.agent("DbtrAgt")
            XMLElement("CdtTrfTxInf") {
                XMLElement("PmtId") { XMLElement("EndToEndId", id.compact) }
                XMLElement("Amt") { XMLElement("InstdAmt", amountFen.yuanText, attributes: ["Ccy": "CNY"]) }
                payee.agent("CdtrAgt")
                payee.party("Cdtr")
                payee.account("CdtrAcct")
                XMLElement("RmtInf") { XMLElement("Ustrd", String(remittance.prefix(140))) }
            }
        }
    }

    /// Parses a document with one payment in yuan.
    public init(document bytes: [UInt8]) throws(XMLFault) {
        let document = try XMLElement(reading: bytes)
        self = try document.reading { document throws(XMLFault) in
            let message = try document.requireMessage("pain.001", "CstmrCdtTrfInitn", versions: 3...12)
            return try message.reading { message throws(XMLFault) in try CreditTransfer(message) }
        }
    }

    /// Parses a document with one payment in yuan, in UTF-8.
    public init(document text: String) throws(XMLFault) { try self.init(document: Array(text.utf8)) }

    private init(_ message: XMLElement) throws(XMLFault) {
        let information = try message.requiredChild("PmtInf")
        let payment = try information.requiredChild("CdtTrfTxInf")
        guard let id = payment.first("PmtId", "EndToEndId").flatMap({ UUID(compact: $0.text) }),
            let amount = payment.first("Amt", "InstdAmt"),
            let payer = BankAccount(
                party: information.first("Dbtr"), account: information.first("DbtrAcct"), agent: information.first("DbtrAgt")),
            let payee = BankAccount(party: payment.first("Cdtr"), account: payment.first("CdtrAcct"), agent: payment.first("CdtrAgt"))
        else { throw XMLFault(zh: "不是一笔人民币付款", en: "the document is not one payment in yuan") }
        let created = message.first("GrpHdr", "CreDtTm").flatMap { ISOTime.instant($0.text) }
        self.init(
            id: id, amountFen: try amount.yuan(), payer: payer, payee: payee, remittance: payment.first("RmtInf", "Ustrd")?.text ?? "",
            createdAt: created ?? .distantPast)
    }
}
