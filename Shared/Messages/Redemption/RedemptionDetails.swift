public import Kernel

/// One step of the calculation of a subsidy.
public struct CalculationStep: Codable, Sendable, Hashable {
    /// The step: `base`, `averaging`, `units`, `share`, `ceiling`, `contract-voucher`, `reserved`.
    public let name: String
    /// The calculation as text.
    public let text: LocalisedText
    /// The result.
    public let resultFen: Fen
    /// The clauses and interpretations on which it is based.
    public let clauses: [String]

    /// A step of a calculation.
    public init(name: String, text: LocalisedText, resultFen: Fen, clauses: [String]) {
        self.name = name
        self.text = text
        self.resultFen = resultFen
        self.clauses = clauses
    }
}

/// A warning for the reviewer that does not refuse the application.
public struct RedemptionFlag: Codable, Sendable, Hashable {
    /// The kind: `receipt-alike-elsewhere`, `refund-stated`, `invoice-kind-differs`, `invoice-year-ahead`, `contract-changed`.
    public let kind: String
    /// The explanation.
    public let text: LocalisedText

    /// A flag.
    public init(kind: String, text: LocalisedText) { (self.kind, self.text) = (kind, text) }
}

/// The days of a public notice.
public struct NoticeDays: Codable, Sendable, Hashable {
    /// The first day.
    public let from: CalendarDate
    /// The last day; nil while an objection is pending, or if the working-day calendar is not published that far.
    public let through: CalendarDate?

    /// The days of a notice.
    public init(from: CalendarDate, through: CalendarDate?) { (self.from, self.through) = (from, through) }
}
