/// An invoice's number: 20 digits alone, or 8 digits under a code (发票代码) of 10 or 12.
///
/// No form has a check digit that could be computed again: what is well formed may still be invented, and only the tax platform knows.
public struct InvoiceNumber: Sendable, Hashable {
    /// 10 or 12 digits; empty for a fully digital invoice.
    public let code: String
    /// 20 digits, or 8 under a code.
    public let number: String

    /// Reads a number under its code; a fully digital invoice has none. Throws `InvoiceError` where the two are of no known form.
    public init(code: String = "", number: String) throws(InvoiceError) {
        guard (code + number).utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notDigits }
        switch code.count {
        case 0: guard number.count == 20 else { throw .numberLength(number.count) }
        case 10, 12: guard number.count == 8 else { throw .numberLengthUnderCode(number.count) }
        default: throw .codeLength(code.count)
        }
        guard code.count != 12 || code.first == "0" || code.first == "1" else { throw .codeBeginning }
        (self.code, self.number) = (code, number)
    }
}

extension InvoiceNumber: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, number
    }

    /// Decodes `number` and, where there is one, `code`; what is of no known form is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let code = try container.decodeIfPresent(String.self, forKey: .code)
        let number = try container.decode(String.self, forKey: .number)
        do {
            try self.init(code: code ?? "", number: number)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: .number, in: container, debugDescription: error.description)
        }
    }

    /// Encodes `number` and, where there is one, `code`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !code.isEmpty { try container.encode(code, forKey: .code) }
        try container.encode(number, forKey: .number)
    }
}

/// Why a number is no invoice number at all.
public enum InvoiceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Something other than digits stands in the code or the number.
    case notDigits
    /// The number has this many digits; without a code it must have 20.
    case numberLength(Int)
    /// The number has this many digits; under a code it must have 8.
    case numberLengthUnderCode(Int)
    /// The code has this many digits, and not 10 or 12.
    case codeLength(Int)
    /// A code of 12 digits begins with 0 or 1, and this one does not.
    case codeBeginning

    /// What happened, why, and how to mend it.
    public var description: String {
        switch self {
        case .notDigits: "not an invoice number: code and number are digits alone"
        case .numberLength(let count): "not an invoice number: it has \(count) digits and, without an invoice code, must have 20"
        case .numberLengthUnderCode(let count): "not an invoice number: it has \(count) digits and, under an invoice code, must have 8"
        case .codeLength(let count): "not an invoice code: it has \(count) digits and must have 10 or 12; a number of 20 digits has no code"
        case .codeBeginning: "not an invoice code: one of 12 digits begins with 0 or 1"
        }
    }
}
