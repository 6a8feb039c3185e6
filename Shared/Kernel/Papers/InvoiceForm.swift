/// A suspicious property of a well-formed invoice number, for manual review.
public enum InvoiceSuspicion: Sendable, Hashable {
    /// Its two-digit year is after the year of the check.
    case yearInFuture(twoDigits: Int)
    /// The digits for the kind of invoice are unknown.
    case unknownKind(String)
}

/// The information contained in an invoice number.
public struct InvoiceForm: Sendable, Hashable {
    /// The kind of invoice; nil if unknown.
    public let kind: InvoiceKind?
    /// The last two digits of the year in which the number was issued.
    public let twoDigitYear: Int
    /// Suspicions for manual review; usually empty.
    public let suspicions: [InvoiceSuspicion]
}

extension InvoiceNumber {
    /// Whether a text has the form of a 校验码 of ordinary invoices: 20 digits encrypted by the tax-control device. A fully digital
    /// invoice's number has the same form, so the input field must distinguish them.
    public static func isCheckCodeForm(_ text: String) -> Bool {
        text.utf8.count == 20 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The information in the number, checked in `year`.
    public func form(inYear year: Int) -> InvoiceForm {
        let (kind, twoDigitYear, kindDigits) = parts
        var suspicions: [InvoiceSuspicion] = []
        if twoDigitYear > year % 100 { suspicions.append(.yearInFuture(twoDigits: twoDigitYear)) }
        if kind == nil { suspicions.append(.unknownKind(kindDigits)) }
        return InvoiceForm(kind: kind, twoDigitYear: twoDigitYear, suspicions: suspicions)
    }

    private var parts: (kind: InvoiceKind?, twoDigitYear: Int, kindDigits: String) {
        switch code.count {
        case 0: (.fullyDigital, Self.digits(number, 1...2).value, "")
        case 10: (Self.tenDigitKinds[code.dropFirst(7).first ?? " "], Self.digits(code, 5...6).value, Self.digits(code, 8...8).text)
        default: twelveDigitParts
        }
    }

    private var twelveDigitParts: (kind: InvoiceKind?, twoDigitYear: Int, kindDigits: String) {
        let kindDigits = Self.digits(code, 11...12).text
        let kind = code.first == "1" ? InvoiceKind.blockchain : Self.twelveDigitKinds[kindDigits]
        return (kind, Self.digits(code, 6...7).value, kindDigits)
    }

    /// The digits at these positions (from 1).
    private static func digits(_ text: String, _ places: ClosedRange<Int>) -> (text: String, value: Int) {
        let part = String(text.dropFirst(places.lowerBound - 1).prefix(places.count))
        return (part, Int(part) ?? 0)
    }

    private static let tenDigitKinds: [Character: InvoiceKind] = [
        "1": .special, "5": .special, "3": .ordinary, "6": .ordinary, "2": .transport, "7": .transport,
    ]
    private static let twelveDigitKinds: [String: InvoiceKind] = [
        "04": .foldedOrdinary, "05": .foldedOrdinary, "06": .roll, "07": .roll, "11": .electronicOrdinary, "12": .electronicToll,
        "13": .electronicSpecial,
    ]
}
