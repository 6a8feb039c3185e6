public import Kernel

/// What a rule asks of the facts: a kind with its parameters. A programme combines kinds; the code knows no city.
public indirect enum Condition: Sendable, Hashable {
    /// The division, by its six-digit code, lies in one of these: a province holds its cities, a city its districts.
    case inDivision(FieldName, [String])
    /// The value is one of these.
    case oneOf(FieldName, [String])
    /// At least one of these is among the names.
    case holdsAny(FieldName, [String])
    /// All of these are among the names.
    case holdsAll(FieldName, [String])
    /// None of these is among the names.
    case holdsNone(FieldName, [String])
    /// At most one of these is among the names.
    case holdsAtMostOne(FieldName, [String])
    /// The code begins with one of the first, where there are any, and with none of the second.
    case codePrefix(FieldName, allowed: [String], excluded: [String])
    /// The flag stands so.
    case isFlag(FieldName, Bool)
    /// There is a value: a date, a text that is not empty, a file.
    case given([FieldName])
    /// No record of one of these kinds is younger than so many years; no kinds are all kinds.
    case cleanRecord(FieldName, years: Int, kinds: [String])
    /// The day is at least so many years ago.
    case ageAtLeast(FieldName, years: Int)
    /// The day is at most so many years ago.
    case ageAtMost(FieldName, years: Int)
    /// The number is at least as great.
    case atLeast(FieldName, Operand)
    /// The number is at most as great.
    case atMost(FieldName, Operand)
    /// The price is not outside the range.
    case insideRange(FieldName, low: FieldName, high: FieldName)
    /// The text has so many characters.
    case textLength(FieldName, FieldBounds)
    /// The day is not before the other.
    case notEarlier(FieldName, than: FieldName)
    /// The day lies in the window.
    case insideWindow(FieldName, window: String)
    /// Each pair says the same.
    case equal([FieldPair])
    /// The parts together are the whole.
    case sumEquals([FieldName], total: FieldName)
    /// A reviewer says yes to this question.
    case judged(LocalisedText)
    /// At least one of these holds.
    case anyOf([Condition])
    /// All of these hold.
    case allOf([Condition])
    /// This does not hold.
    case not(Condition)
}

/// Two fields that must say the same.
public struct FieldPair: Sendable, Hashable {
    /// The one, usually what a paper says.
    public let left: FieldName
    /// The other, usually what is known.
    public let right: FieldName

    /// A pair of fields.
    public init(_ left: FieldName, _ right: FieldName) { (self.left, self.right) = (left, right) }
}
