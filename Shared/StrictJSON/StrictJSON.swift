public import Foundation

/// The set-up of JSON for messages, HTTP bodies and files: RFC 8259 with each field once, times in RFC 3339, UUIDs in lower case, and sorted
/// keys, so that equal values have equal bytes.
public enum StrictJSON {
    /// Encodes a value. Throws `JSONFault.invalidText` for an invalid text, and `EncodingError` for a value that JSON cannot represent.
    ///
    /// - Parameter layout: further formatting, for example `.prettyPrinted` for a text that people read.
    public static func encode(_ value: some Encodable, _ layout: JSONEncoder.OutputFormatting = []) throws -> [UInt8] {
        do {
            var json = Array(try encoder(layout).encode(value))
            IdentifierCase.lower(&json)
            return json
        } catch EncodingError.invalidValue(_, let context) {
            throw JSONFault(underlying: context.underlyingError, at: context.codingPath) ?? EncodingError.invalidValue("", context)
        }
    }

    /// Checks and decodes a text. Each kind of error has its own fault, whose description contains no values of the text.
    public static func decode<T: Decodable>(_ type: T.Type, from json: [UInt8]) throws(JSONFault) -> T {
        try check(json)
        do {
            let value = try decoder().decode(type, from: Data(json))
            // Checked texts report their field's name, above. This is for all other strings, because PostgreSQL cannot store NUL.
            guard !holdsNUL(json) else { throw JSONFault.notOfType("it contains NUL (U+0000)") }
            return value
        } catch let fault as JSONFault {
            throw fault
        } catch let error as DecodingError {
            throw JSONFault(error)
        } catch {
            throw .notJSON
        }
    }

    /// Throws if the text is not UTF-8 or not valid JSON (`JSONCheck`).
    public static func check(_ json: [UInt8]) throws(JSONFault) {
        guard String(validating: json, as: UTF8.self) != nil else { throw .notText }
        try JSONCheck.check(json)
    }

    /// The encoder, for a caller that must change it. It writes UUIDs in upper case; only `encode` changes them to lower case.
    public static func encoder(_ layout: JSONEncoder.OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = layout.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.dateEncodingStrategy = .custom { instant, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(WireTime.text(instant))
        }
        return encoder
    }

    /// The decoder, for a caller that must change it. It does not check the text; `decode` does.
    public static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let instant = WireTime.instant(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 instant in UTC")
            }
            return instant
        }
        return decoder
    }

    /// Whether valid JSON contains an escaped NUL. After a backslash the next character is skipped, since it may be a backslash too.
    private static func holdsNUL(_ json: [UInt8]) -> Bool {
        json.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                guard bytes[place] == UInt8(ascii: "\\") else {
                    place += 1
                    continue
                }
                if bytes[place...].starts(with: escapedNUL) { return true }
                place += 2
            }
            return false
        }
    }

    private static let escapedNUL = Array(#"\u0000"#.utf8)
}
