/// An invoice number: 20 digits, or 8 digits with a code (发票代码) of 10 or 12 digits.
///
/// No form has a verifiable check digit, so a well-formed number may be invented; only the tax platform knows.
public struct InvoiceNumber: Sendable, Hashable {
    /// 10 or 12 digits; empty for a fully digital invoice.
    public let code: String
    /// 20 digits, or 8 with a code.
    public let number: String

    /// Parses a number and its code; a fully digital invoice has no code. Throws `InvoiceError` if they have no known form.
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

    /// Decodes `number` and an optional `code`; an unknown form is a decoding error.
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

    /// Encodes `number` and, if there is one, `code`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !code.isEmpty { try container.encode(code, forKey: .code) }
        try container.encode(number, forKey: .number)
    }
}

/// Why a number is not an invoice number.
public enum InvoiceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The code or the number has characters other than digits.
    case notDigits
    /// The number has this many digits; without a code it must have 20.
    case numberLength(Int)
    /// The number has this many digits; with a code it must have 8.
    case numberLengthUnderCode(Int)
    /// The code has this many digits, not 10 or 12.
    case codeLength(Int)
    /// The code has 12 digits and does not begin with 0 or 1.
    case codeBeginning

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .notDigits: "not an invoice number: code and number must consist of digits"
        case .numberLength(let count): "not an invoice number: it has \(count) digits and, without an invoice code, must have 20"
        case .numberLengthUnderCode(let count): "not an invoice number: it has \(count) digits and, with an invoice code, must have 8"
        case .codeLength(let count): "not an invoice code: it has \(count) digits and must have 10 or 12; a number of 20 digits has no code"
        case .codeBeginning: "not an invoice code: a code of 12 digits must begin with 0 or 1"
        }
    }
}
