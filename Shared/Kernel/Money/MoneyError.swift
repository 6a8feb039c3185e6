/// Why an amount or a share cannot be computed or parsed.
public enum MoneyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The result does not fit 64 bits of fen, about 92,000 million million yuan. Contains the operation.
    case overflow(operation: String)
    /// The text is not an amount in yuan. Contains the reason, never the text.
    case notYuan(reason: String)
    /// The number is not a share: shares are 0 to 10000 basis points.
    case notBasisPoints(Int64)
    /// The amount has no form in Chinese capitals: it is negative, or 10^16 yuan and more.
    case noCapitalForm
    /// The text is not an amount in Chinese capitals. Contains the reason, never the text.
    case notCapitals(reason: String)

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .overflow(let operation):
            "the amount is out of range: \(operation) does not fit 64 bits of fen; check the amounts that went in"
        case .notYuan(let reason):
            "not an amount in yuan: \(reason); write it like 1234.56, 1,234.56 or ¥1,234.56"
        case .notBasisPoints(let number):
            "\(number) is not a share: give 0 to 10000 basis points (3000 is 30%)"
        case .noCapitalForm:
            "the amount has no form in Chinese capitals: it must be from 0 to less than 10^16 yuan"
        case .notCapitals(let reason):
            "not an amount in Chinese capitals: \(reason); write it like 壹仟陆佰捌拾元叁角贰分"
        }
    }
}
