import Foundation
import Kernel
import Messages

/// Encodes and decodes message bodies: JSON with times in RFC 3339, UUIDs in lower case and sorted keys, so that equal messages have equal
/// bytes.
public enum MessageBody {
    /// Encodes a body. Throws `EnvelopeFault.invalidText` for an invalid text, and `EncodingError` for a value that JSON cannot represent.
    public static func encode(_ message: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { instant, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(WireTime.text(instant))
        }
        do {
            var body = Array(try encoder.encode(message))
            IdentifierCase.lower(&body)
            return body
        } catch EncodingError.invalidValue(_, let context) {
            throw textFault(context.underlyingError, at: context.codingPath) ?? EncodingError.invalidValue("", context)
        }
    }

    /// Decodes a body. Each kind of error has its own fault, whose text contains no values of the body.
    public static func decode<M: Decodable>(_ type: M.Type, from body: [UInt8]?) throws(EnvelopeFault) -> M {
        let body = try checked(body)
        do {
            let message = try decoder().decode(type, from: Data(body))
            // Checked texts report their field's name, above. This is for all other strings, because PostgreSQL cannot store NUL.
            guard !holdsNUL(body) else { throw EnvelopeFault.bodyNotOfType("it contains NUL (U+0000)") }
            return message
        } catch let fault as EnvelopeFault {
            throw fault
        } catch let error as DecodingError {
            throw fault(error)
        } catch {
            throw .bodyNotJSON
        }
    }

    /// The body, if it is present, not too large, UTF-8 and valid JSON (`JSONCheck`).
    static func checked(_ body: [UInt8]?) throws(EnvelopeFault) -> [UInt8] {
        guard let body else { throw .noBody }
        guard body.count <= MessageLimits.bodyBytes else { throw .bodyTooLarge(bytes: body.count) }
        guard String(validating: body, as: UTF8.self) != nil else { throw .bodyNotText }
        try JSONCheck.check(body)
        return body
    }

    /// Whether valid JSON contains an escaped NUL. After a backslash the next character is skipped, since it may be a backslash too.
    private static func holdsNUL(_ body: [UInt8]) -> Bool {
        body.withUnsafeBufferPointer { bytes in
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

    private static func decoder() -> JSONDecoder {
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

    private static func fault(_ error: DecodingError) -> EnvelopeFault {
        func at(_ path: [any CodingKey], _ what: String) -> EnvelopeFault {
            let place = place(path)
            return .bodyNotOfType(place.isEmpty ? what : "\(place): \(what)")
        }
        switch error {
        case .keyNotFound(let key, let context): return at(context.codingPath, "the field \(fieldName(key)) is missing")
        case .typeMismatch(let type, let context): return at(context.codingPath, "\(type) was expected")
        case .valueNotFound(let type, let context): return at(context.codingPath, "\(type) was expected, found null")
        case .dataCorrupted(let context):
            if let text = textFault(context.underlyingError, at: context.codingPath) { return text }
            // The body is known to be JSON, so a value does not fit its field.
            return at(context.codingPath, "the value is not allowed")
        @unknown default: return .bodyNotJSON
        }
    }

    private static func textFault(_ error: (any Error)?, at path: [any CodingKey]) -> EnvelopeFault? {
        (error as? TextFault).map { .invalidText(field: place(path), $0) }
    }

    private static func place(_ path: [any CodingKey]) -> String { path.prefix(16).map(fieldName).joined(separator: ".") }

    /// A field's name, if it can be one of Quan's own. Dictionary keys in a message come from the sender: they may be long or a personal
    /// number, and are not repeated.
    private static func fieldName(_ key: any CodingKey) -> String {
        if let index = key.intValue, key.stringValue == "Index \(index)" { return "[\(index)]" }
        return fieldName(key.stringValue)
    }

    static func fieldName(_ name: String) -> String {
        let isOurs = name.utf8.count <= 64 && name.first?.isLetter == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isOurs ? name : "…"
    }
}
