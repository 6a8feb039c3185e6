/// What a field holds.
public enum FieldType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A text, a name or a code.
    case text
    /// One or more names, each once: ticks of a form, lists an enterprise is on.
    case names
    /// A whole number of things.
    case count
    /// Money, in fen.
    case amount
    /// A day in Asia/Shanghai.
    case date
    /// Yes or no.
    case flag
    /// Things with a kind and a day: penalties, entries in a register.
    case records
    /// Rows of a table; rules see how many there are.
    case rows
    /// Files; rules see how many there are.
    case files

    /// Whether it can be compared as a number.
    var isNumber: Bool { self == .count || self == .amount || self == .rows || self == .files }
}
