public import Kernel

/// One step of the sum that a subsidy comes from.
public struct CalculationStep: Codable, Sendable, Hashable {
    /// What was done: `base`, `averaging`, `units`, `share`, `ceiling`, `contract-voucher`, `reserved`.
    public let name: String
    /// The sum in words.
    public let text: LocalisedText
    /// What came out.
    public let resultFen: Fen
    /// The clauses and readings it follows from.
    public let clauses: [String]

    /// A step of a sum.
    public init(name: String, text: LocalisedText, resultFen: Fen, clauses: [String]) {
        self.name = name
        self.text = text
        self.resultFen = resultFen
        self.clauses = clauses
    }
}

/// Something that refuses nothing and that a reviewer should look at.
public struct RedemptionFlag: Codable, Sendable, Hashable {
    /// What it is: `receipt-alike-elsewhere`, `refund-stated`, `invoice-kind-differs`, `invoice-year-ahead`, `contract-changed`.
    public let kind: String
    /// What was seen, in words.
    public let text: LocalisedText

    /// Something to look at.
    public init(kind: String, text: LocalisedText) { (self.kind, self.text) = (kind, text) }
}

/// The days of a public notice.
public struct NoticeDays: Codable, Sendable, Hashable {
    /// The day it was put up.
    public let from: CalendarDate
    /// Its last day; nil while an objection holds it, or where the calendar is not published yet.
    public let through: CalendarDate?

    /// The days of a notice.
    public init(from: CalendarDate, through: CalendarDate?) { (self.from, self.through) = (from, through) }
}
