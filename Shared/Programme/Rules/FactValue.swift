public import Kernel

/// A record with a kind and a day: a penalty of the tax office on 3 May.
public struct DatedRecord: Sendable, Hashable, Codable {
    /// The kind, "tax".
    public let kind: String
    /// The day.
    public let on: CalendarDate

    /// A record.
    public init(kind: String, on: CalendarDate) { (self.kind, self.on) = (kind, on) }
}

/// The value of a field.
public enum FactValue: Sendable, Hashable, Codable {
    /// A text, a name or a code.
    case text(String)
    /// Names, each once.
    case names(Set<String>)
    /// A whole number; also the number of rows or files.
    case count(Int64)
    /// Money.
    case amount(Fen)
    /// A day.
    case date(CalendarDate)
    /// Yes or no.
    case flag(Bool)
    /// Records with a kind and a day.
    case records([DatedRecord])

    /// The value as text, for messages to people.
    public var plainText: String {
        switch self {
        case .text(let text): text
        case .names(let names): names.sorted().joined(separator: ", ")
        case .count(let count): "\(count)"
        case .amount(let amount): amount.description
        case .date(let date): date.description
        case .flag(let flag): flag ? "yes" : "no"
        case .records(let records): records.map { "\($0.kind) \($0.on)" }.joined(separator: ", ")
        }
    }
}
