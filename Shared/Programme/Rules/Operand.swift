public import Kernel

/// The operand of a comparison.
public enum Operand: Sendable, Hashable {
    /// A fixed count.
    case count(Int64)
    /// A fixed amount.
    case amount(Fen)
    /// Another field.
    case field(FieldName)
    /// A share of another field, rounded down to the fen.
    case share(BasisPoints, of: FieldName)
    /// The difference of two fields.
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
