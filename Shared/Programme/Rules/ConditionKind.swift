/// The kinds of condition by their names in files, with their keys.
public enum ConditionKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// In a division or one of several.
    case inDivision = "in-division"
    /// One of several values.
    case oneOf = "one-of"
    /// At least one of several names.
    case holdsAny = "holds-any"
    /// All of several names.
    case holdsAll = "holds-all"
    /// None of several names.
    case holdsNone = "holds-none"
    /// At most one of several names.
    case holdsAtMostOne = "holds-at-most-one"
    /// A code by its first characters.
    case codePrefix = "code-prefix"
    /// A flag.
    case isFlag = "is"
    /// There is a value.
    case given
    /// No record of the last years.
    case cleanRecord = "clean-record"
    /// At least that age.
    case ageAtLeast = "age-at-least"
    /// At most that age.
    case ageAtMost = "age-at-most"
    /// At least that number.
    case atLeast = "at-least"
    /// At most that number.
    case atMost = "at-most"
    /// Inside a range of prices.
    case insideRange = "inside-range"
    /// A length of text.
    case textLength = "text-length"
    /// Not before another day.
    case notEarlier = "not-earlier"
    /// A day in a window.
    case insideWindow = "inside-window"
    /// The same as another.
    case equal
    /// Parts that make a whole.
    case sumEquals = "sum-equals"
    /// Answered by a reviewer.
    case judged
    /// One of several conditions.
    case anyOf = "any-of"
    /// All of several conditions.
    case allOf = "all-of"
    /// The negation of a condition.
    case not

    /// Its keys besides `kind`.
    var keys: [String] {
        switch self {
        case .inDivision: ["field", "divisions"]
        case .oneOf, .holdsAny, .holdsAll, .holdsNone, .holdsAtMostOne: ["field", "values"]
        case .codePrefix: ["field", "allowed", "excluded"]
        case .isFlag: ["field", "value"]
        case .given: ["fields"]
        case .cleanRecord: ["field", "years", "kinds"]
        case .ageAtLeast, .ageAtMost: ["field", "years"]
        case .atLeast, .atMost: ["field", "count", "yuan", "fen", "other", "share", "rest"]
        case .insideRange: ["field", "low", "high"]
        case .textLength: ["field", "leastCharacters", "mostCharacters"]
        case .notEarlier: ["field", "than"]
        case .insideWindow: ["field", "window"]
        case .equal: ["pairs"]
        case .sumEquals: ["parts", "total"]
        case .judged: ["question"]
        case .anyOf, .allOf: ["conditions"]
        case .not: ["condition"]
        }
    }
}

extension Condition {
    /// The kind, without its parameters.
    public var kind: ConditionKind {
        switch self {
        case .inDivision: .inDivision
        case .oneOf: .oneOf
        case .holdsAny: .holdsAny
        case .holdsAll: .holdsAll
        case .holdsNone: .holdsNone
        case .holdsAtMostOne: .holdsAtMostOne
        case .codePrefix: .codePrefix
        case .isFlag: .isFlag
        case .given: .given
        case .cleanRecord: .cleanRecord
        case .ageAtLeast: .ageAtLeast
        case .ageAtMost: .ageAtMost
        case .atLeast: .atLeast
        case .atMost: .atMost
        case .insideRange: .insideRange
        case .textLength: .textLength
        case .notEarlier: .notEarlier
        case .insideWindow: .insideWindow
        case .equal: .equal
        case .sumEquals: .sumEquals
        case .judged: .judged
        case .anyOf: .anyOf
        case .allOf: .allOf
        case .not: .not
        }
    }

    /// The condition and all nested conditions.
    public var withParts: [Condition] {
        switch self {
        case .anyOf(let parts), .allOf(let parts): [self] + parts.flatMap(\.withParts)
        case .not(let part): [self] + part.withParts
        default: [self]
        }
    }

    /// The fields it uses.
    public var fields: [FieldName] {
        switch self {
        case .inDivision(let field, _), .oneOf(let field, _), .holdsAny(let field, _), .holdsAll(let field, _), .holdsNone(let field, _),
            .holdsAtMostOne(let field, _), .codePrefix(let field, _, _), .isFlag(let field, _), .cleanRecord(let field, _, _),
            .ageAtLeast(let field, _), .ageAtMost(let field, _), .textLength(let field, _), .insideWindow(let field, _):
            [field]
        case .given(let fields): fields
        case .atLeast(let field, let operand), .atMost(let field, let operand): [field] + operand.fields
        case .insideRange(let field, let low, let high): [field, low, high]
        case .notEarlier(let field, let other): [field, other]
        case .equal(let pairs): pairs.flatMap { [$0.left, $0.right] }
        case .sumEquals(let parts, let total): parts + [total]
        case .judged: []
        case .anyOf(let parts), .allOf(let parts): parts.flatMap(\.fields)
        case .not(let part): part.fields
        }
    }
}
