import Kernel

/// The compared values of a condition that does not hold.
struct Comparison: Sendable, Hashable {
    var numbers: [RefusalNumber]
    var text: LocalisedText

    init(_ numbers: [RefusalNumber], zh: String, en: String) {
        self.numbers = numbers
        text = LocalisedText(zh: zh, en: en)
    }
}

/// The result of evaluating a condition.
enum Finding: Sendable, Hashable {
    case holds
    case fails(Comparison)
    case unknown([FieldName])
}

extension FactValue {
    /// The value as a compared number with the name of its field.
    func number(_ name: String) -> RefusalNumber {
        switch self {
        case .count(let count): RefusalNumber(name: name, value: .integer(count), unit: .count)
        case .amount(let amount): RefusalNumber(name: name, value: .integer(amount.rawValue), unit: .fen)
        case .date(let date): RefusalNumber(name: name, value: .text(date.description), unit: .date)
        case .flag(let flag): RefusalNumber(name: name, value: .integer(flag ? 1 : 0), unit: .count)
        case .text, .names, .records: RefusalNumber(name: name, value: .text(plainText), unit: .code)
        }
    }

    /// The value as a plain number, if it is one.
    var plainNumber: Int64? {
        switch self {
        case .count(let count): count
        case .amount(let amount): amount.rawValue
        case .text, .names, .date, .flag, .records: nil
        }
    }
}
