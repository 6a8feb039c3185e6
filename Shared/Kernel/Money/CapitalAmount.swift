/// Amounts in Chinese capitals (中文大写金额), by 支付结算办法 附件一.
///
/// Quan writes one canonical form of an amount. The parser accepts exactly the forms that the rule permits, so that a wrongly written
/// amount on a paper is detected.
public enum CapitalAmount {
    /// The canonical form: 壹仟陆佰捌拾元叁角贰分, without 人民币 before it. Zero is 零元整.
    ///
    /// Throws `MoneyError.noCapitalForm` for a negative amount and from 10^16 yuan on.
    public static func write(_ amount: Fen) throws(MoneyError) -> String {
        String(try pieces(of: amount).filter(\.isWritten).map(\.character))
    }

    /// Parses an amount in any permitted form, with or without 人民币 before it.
    ///
    /// 圆 is accepted for 元, 正 for 整, and the traditional 貳 陸 萬 億 圓 for the simplified characters; 零 is optional where the rule says
    /// "可以", and also before 仟万 after a zero of 亿, as on printed papers; 整 may follow 角. Anything else throws
    /// `MoneyError.notCapitals`.
    public static func read(_ text: String) throws(MoneyError) -> Fen {
        // The longest form, of 16 digits of yuan and two decimals, has fewer characters than this.
        guard text.utf8.count <= 256 else { throw .notCapitals(reason: "it is too long") }
        let prefix = "人民币"
        let body = (text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]).map { sameAs[$0] ?? $0 }
        let amount = try CapitalReading.value(of: body)
        guard matches(body, try pieces(of: amount)) else {
            throw .notCapitals(reason: "a 零, 元 or 整 is missing or out of place")
        }
        return amount
    }

    private static let sameAs: [Character: Character] = [
        "圆": "元", "圓": "元", "正": "整", "貳": "贰", "陸": "陆", "萬": "万", "億": "亿",
    ]

    /// Whether the characters are the pieces in order, where optional pieces may be missing.
    private static func matches(_ characters: [Character], _ pieces: [Piece]) -> Bool {
        var rest = characters[...]
        for piece in pieces {
            if rest.first == piece.character {
                rest.removeFirst()
            } else if piece.need == .required {
                return false
            }
        }
        return rest.isEmpty
    }
}
