public import Kernel

/// What a number is compared with.
public enum Operand: Sendable, Hashable {
    /// A count that the document names.
    case count(Int64)
    /// An amount that the document names.
    case amount(Fen)
    /// Another field.
    case field(FieldName)
    /// A share of another field, rounded down to the fen.
    case share(BasisPoints, of: FieldName)
    /// What is left of one field when another is taken from it.
    case rest(of: FieldName, less: FieldName)

    /// The fields it needs.
    var fields: [FieldName] {
        switch self {
        case .count, .amount: []
        case .field(let field), .share(_, let field): [field]
        case .rest(let whole, let part): [whole, part]
        }
    }
}
