/// The type of a field.
public enum FieldType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A text, a name or a code.
    case text
    /// A set of names: checked options of a form, lists that contain an enterprise.
    case names
    /// A whole number.
    case count
    /// Money, in fen.
    case amount
    /// A day in Asia/Shanghai.
    case date
    /// Yes or no.
    case flag
    /// Records with a kind and a day: penalties, entries in a register.
    case records
    /// Rows of a table; rules use their number.
    case rows
    /// Files; rules use their number.
    case files

    /// Whether it can be compared as a number.
    var isNumber: Bool { self == .count || self == .amount || self == .rows || self == .files }
}
