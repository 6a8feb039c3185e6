public import Kernel

/// A condition on facts: a kind with its parameters. Programmes combine kinds; the code is not specific to any city.
public indirect enum Condition: Sendable, Hashable {
    /// The division, by its six-digit code, is in one of these: a province contains its cities, a city its districts.
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
    /// The code begins with one of `allowed`, if there are any, and with none of `excluded`.
    case codePrefix(FieldName, allowed: [String], excluded: [String])
    /// The flag has this value.
    case isFlag(FieldName, Bool)
    /// The fields have values: a date, a non-empty text, a file.
    case given([FieldName])
    /// No record of these kinds is from the last `years` years; no kinds means all kinds.
    case cleanRecord(FieldName, years: Int, kinds: [String])
    /// The day is at least `years` years ago.
    case ageAtLeast(FieldName, years: Int)
    /// The day is at most `years` years ago.
    case ageAtMost(FieldName, years: Int)
    /// The number is at least the operand.
    case atLeast(FieldName, Operand)
    /// The number is at most the operand.
    case atMost(FieldName, Operand)
    /// The price is inside the range.
    case insideRange(FieldName, low: FieldName, high: FieldName)
    /// The text's length is within the bounds.
    case textLength(FieldName, FieldBounds)
    /// The day is not before the other.
    case notEarlier(FieldName, than: FieldName)
    /// The day is in the window.
    case insideWindow(FieldName, window: String)
    /// Each pair is equal.
    case equal([FieldPair])
    /// The sum of the parts is the total.
    case sumEquals([FieldName], total: FieldName)
    /// A reviewer answers this question with yes.
    case judged(LocalisedText)
    /// At least one of these holds.
    case anyOf([Condition])
    /// All of these hold.
    case allOf([Condition])
    /// The condition does not hold.
    case not(Condition)
}

/// Two fields that must be equal.
public struct FieldPair: Sendable, Hashable {
    /// The first, usually from a paper.
    public let left: FieldName
    /// The second, usually from the records.
    public let right: FieldName

    /// A pair of fields.
    public init(_ left: FieldName, _ right: FieldName) { (self.left, self.right) = (left, right) }
}
