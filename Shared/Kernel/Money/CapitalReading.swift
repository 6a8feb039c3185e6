/// Computes the amount of a text in capitals, without checking the positions of 零.
struct CapitalReading {
    private var total: Int64 = 0  // the part before 亿
    private var section: Int64 = 0  // the part before 万
    private var group: Int64 = 0  // the part below ten thousand
    private var digit: Int64?
    private var yuan: Int64?
    private var cents: Int64 = 0

    /// The amount. Throws `MoneyError.notCapitals` if the characters are not an amount.
    static func value(of characters: [Character]) throws(MoneyError) -> Fen {
        var reading = CapitalReading()
        for character in characters { try reading.take(character) }
        guard reading.digit == nil, reading.group == 0, reading.section == 0, reading.total == 0, !characters.isEmpty else {
            throw .notCapitals(reason: "it does not end in 元, 角, 分 or 整")
        }
        return try Fen.yuan(reading.yuan ?? 0).adding(Fen(reading.cents))
    }

    private mutating func take(_ character: Character) throws(MoneyError) {
        switch character {
        case "零", "整": break
        case "拾": try unit(10)
        case "佰": try unit(100)
        case "仟": try unit(1000)
        case "万": try mark { $0.section += $0.takeGroup() * 10_000 }
        case "亿":
            try mark {
                $0.total += ($0.section + $0.takeGroup()) * 100_000_000
                $0.section = 0
            }
        case "元": try takeYuan()
        case "角": cents += try takeDigit() * 10
        case "分": cents += try takeDigit()
        default: try start(character)
        }
    }

    private mutating func start(_ character: Character) throws(MoneyError) {
        guard let value = CapitalAmount.digits.firstIndex(of: character) else {
            throw .notCapitals(reason: "it has a character that is not a capital numeral or unit")
        }
        guard digit == nil else { throw .notCapitals(reason: "a unit is missing between two numerals") }
        digit = Int64(value)
    }

    private mutating func takeDigit() throws(MoneyError) -> Int64 {
        guard let value = digit else { throw .notCapitals(reason: "a unit has no numeral before it") }
        digit = nil
        return value
    }

    private mutating func unit(_ unit: Int64) throws(MoneyError) {
        group += try takeDigit() * unit
        try bound()
    }

    private mutating func mark(_ close: (inout CapitalReading) -> Void) throws(MoneyError) {
        close(&self)
        try bound()
    }

    private mutating func takeYuan() throws(MoneyError) {
        guard yuan == nil else { throw .notCapitals(reason: "元 occurs twice") }
        yuan = total + section + takeGroup()
        (total, section) = (0, 0)
        try bound()
    }

    private mutating func takeGroup() -> Int64 {
        defer { (group, digit) = (0, nil) }
        return group + (digit ?? 0)
    }

    /// Keeps the sums far from overflow for any input.
    private func bound() throws(MoneyError) {
        guard group < 100_000, section < 1_000_000_000, total < 100_000_000_000_000_000 else {
            throw .notCapitals(reason: "its units are out of order")
        }
    }
}
