internal import Foundation
internal import Kernel

/// Parsing of common ISO 20022 elements by the rules of the schemas.
extension XMLElement {
    /// Throws if the document is not a message of this type in one of these versions, for example `camt.053`, 2 to 13.
    func requireMessage(_ name: String, _ part: String, versions: ClosedRange<Int>) throws(XMLFault) -> XMLElement {
        let start = "urn:iso:std:iso:20022:tech:xsd:\(name).001."
        let version = namespace.hasPrefix(start) ? Int(namespace.dropFirst(start.count)) : nil
        guard self.name == "Document", let version, versions.contains(version), namespace.count == start.count + 2 else {
            throw XMLFault(
                zh: "不是\(name)报文，或版本不在可识别之列", en: "it is not a \(name) message, or its version is not supported", line: line,
                place: self.name
            )
        }
        try requireChildren([part])
        return try requiredChild(part)
    }

    /// Throws if the element has children other than these, or more than one of a child that may occur once.
    func requireChildren(_ once: Set<String>, many: Set<String> = []) throws(XMLFault) {
        var seen: Set<String> = []
        for child in children where !many.contains(child.name) {
            guard once.contains(child.name) else { throw XMLFault(zh: "该元素不可识别", en: "this element is unknown here").inside(child) }
            guard seen.insert(child.name).inserted else { throw XMLFault(zh: "该元素重复", en: "this element stands twice").inside(child) }
        }
    }

    /// The child of that name; nil if there is none. Throws if there are several.
    func one(_ name: String) throws(XMLFault) -> XMLElement? {
        let found = all(name)
        if found.count > 1 { throw XMLFault(zh: "该元素重复", en: "this element stands twice").inside(found[1]) }
        return found.first
    }

    /// The child of that name. Throws unless there is exactly one.
    func requiredChild(_ name: String) throws(XMLFault) -> XMLElement {
        guard let found = try one(name) else { throw XMLFault(zh: "缺少\(name)", en: "\(name) is missing") }
        return found
    }

    /// The text of an element without children.
    func plainText() throws(XMLFault) -> String {
        guard children.isEmpty, !text.isEmpty else { throw XMLFault(zh: "应为文字", en: "a text is expected") }
        return text
    }

    /// A text of at most 35 characters (`Max35Text`), without control characters.
    func max35Text() throws(XMLFault) -> String {
        let text = try plainText()
        guard BankReferenceText.fault(in: text) == nil else {
            throw XMLFault(zh: "应为不超过35个字符的文字", en: "a text of at most 35 characters without control characters is expected")
        }
        return text
    }

    /// The `Max35Text` of the child of that name; nil if there is none.
    func max35(_ name: String) throws(XMLFault) -> String? {
        try one(name)?.reading { element throws(XMLFault) in try element.max35Text() }
    }

    /// An amount in yuan: digits with at most five decimals, of which all after the second are zero; no sign, no whitespace.
    func yuan() throws(XMLFault) -> Fen {
        guard children.isEmpty, attributes == ["Ccy": "CNY"] else { throw XMLFault(zh: "币种应为CNY", en: "the currency CNY is expected") }
        return try decimalYuan()
    }

    /// An amount in yuan for elements without a currency in the schema.
    func decimalYuan() throws(XMLFault) -> Fen {
        let parts = exactText.split(separator: ".", omittingEmptySubsequences: false)
        let (whole, decimals) = (parts[0], parts.count > 1 ? parts[1] : "0")
        func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count <= 2, isDigits(whole), isDigits(decimals), decimals.utf8.count <= 5,
            whole.utf8.count + decimals.utf8.count <= 18 + (parts.count > 1 ? 0 : 1), decimals.dropFirst(2).allSatisfy({ $0 == "0" }),
            let yuan = Int64(whole), let cents = Int64((decimals + "0").prefix(2)), let fen = Self.fen(yuan, cents)
        else { throw XMLFault(zh: "金额不可识别（至多两位有效小数，无符号和空格）", en: "the amount cannot be read: digits, a point, two decimals") }
        return fen
    }

    private static func fen(_ yuan: Int64, _ cents: Int64) -> Fen? {
        let (hundreds, isTooMuch) = yuan.multipliedReportingOverflow(by: 100)
        return isTooMuch || hundreds > Int64.max - cents ? nil : Fen(hundreds + cents)
    }

    /// `true` or `false`.
    func truth() throws(XMLFault) -> Bool {
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        default: throw XMLFault(zh: "应为true或false", en: "true or false is expected")
        }
    }

    /// The direction of the booking: `CdtDbtInd`.
    func direction() throws(XMLFault) -> AccountStatement.Direction {
        guard children.isEmpty, let direction = AccountStatement.Direction(rawValue: text) else {
            throw XMLFault(zh: "应为CRDT或DBIT", en: "CRDT or DBIT is expected")
        }
        return direction
    }

    /// A day or an instant: `DateAndDateTime2Choice`.
    func moment() throws(XMLFault) -> Date {
        guard children.count == 1, let only = children.first, only.name == "Dt" || only.name == "DtTm",
            let moment = ISOTime.instant(only.name == "Dt" ? only.text + "T00:00:00" : only.text)
        else { throw XMLFault(zh: "日期不可识别", en: "the date cannot be read") }
        return moment
    }
}
