extension CapitalAmount {
    /// One character of an amount's form, and whether it is required.
    struct Piece {
        enum Need {
            case required
            /// Optional, and written by Quan.
            case written
            /// Optional, and not written by Quan.
            case unwritten
        }

        let character: Character
        var need = Need.required

        var isWritten: Bool { need != .unwritten }
    }

    static let digits = Array("零壹贰叁肆伍陆柒捌玖")
    private static let units: [Character?] = [nil, "拾", "佰", "仟"]
    private static let limitYuan: Int64 = 10_000_000_000_000_000

    /// All permitted forms of an amount at once.
    static func pieces(of amount: Fen) throws(MoneyError) -> [Piece] {
        let (yuan, cents) = amount.rawValue.quotientAndRemainder(dividingBy: 100)
        guard amount >= .zero, yuan < limitYuan else { throw .noCapitalForm }
        var pieces: [Piece] = []
        if yuan > 0 || cents == 0 { pieces = (yuan == 0 ? [Piece(character: "零")] : yuanPieces(yuan)) + [Piece(character: "元")] }
        return pieces + centPieces(Int(cents), afterYuan: yuan)
    }

    private static func centPieces(_ cents: Int, afterYuan yuan: Int64) -> [Piece] {
        let (jiao, fen) = cents.quotientAndRemainder(dividingBy: 10)
        guard cents > 0 else { return [Piece(character: "整")] }
        var pieces: [Piece] = []
        if yuan > 0, jiao == 0 { pieces.append(Piece(character: "零")) }
        if jiao > 0 {
            // "元位是0但角位不是0时, 可以只写一个零字, 也可以不写零字."
            if yuan > 0, yuan % 10 == 0 { pieces.append(Piece(character: "零", need: .unwritten)) }
            pieces += [Piece(character: digits[jiao]), Piece(character: "角")]
        }
        return pieces + (fen > 0 ? [Piece(character: digits[fen]), Piece(character: "分")] : [Piece(character: "整", need: .unwritten)])
    }

    /// The pieces of whole yuan, from the highest digit down. A digit's place is 0 for 元 to 15 for 仟万亿.
    private static func yuanPieces(_ yuan: Int64) -> [Piece] {
        let values = String(yuan).compactMap(\.wholeNumberValue)
        var pieces: [Piece] = []
        var zeros = 0
        for (index, value) in values.enumerated() {
            let place = values.count - 1 - index
            if value == 0 {
                zeros += 1
            } else {
                if zeros > 0 { pieces.append(Piece(character: "零", need: need(ofZeroBefore: place, run: zeros))) }
                zeros = 0
                pieces.append(Piece(character: digits[value]))
                if let unit = units[place % 4] { pieces.append(Piece(character: unit)) }
            }
            if let mark = mark(after: place, yuan) { pieces.append(Piece(character: mark)) }
        }
        return pieces
    }

    /// Whether a run of zeros that ends before `place` is written as 零.
    ///
    /// A run that ends with the last digit of a group of four is optional if a 仟 follows. Quan then omits it, unless the whole group is
    /// zero or it is the group of 亿, where a reader would expect it.
    private static func need(ofZeroBefore place: Int, run: Int) -> Piece.Need {
        guard place % 4 == 3 else { return .required }
        return run >= 4 || place == 7 ? .written : .unwritten
    }

    /// 万 or 亿 if the digit at `place` ends a non-zero group; 亿 also after a zero group that follows 万亿.
    private static func mark(after place: Int, _ yuan: Int64) -> Character? {
        switch place {
        case 4, 12: yuan / (place == 4 ? 10_000 : 1_000_000_000_000) % 10_000 > 0 ? "万" : nil
        case 8: "亿"
        default: nil
        }
    }
}
