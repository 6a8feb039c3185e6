import Foundation
import Kernel
import Messages

/// A message's body: JSON with instants in RFC 3339, identifiers in lower case and keys in alphabetical order, so that equal messages are
/// equal bytes.
public enum MessageBody {
    /// Writes a body. Throws `EnvelopeFault.textNotTaken` for a text that is none of its class, `EncodingError` for a value JSON has no
    /// form for.
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

    /// Reads a body. Every way it can be wrong has its own fault; values never stand in the fault's text.
    public static func decode<M: Decodable>(_ type: M.Type, from body: [UInt8]?) throws(EnvelopeFault) -> M {
        let body = try checked(body)
        do {
            let message = try decoder().decode(type, from: Data(body))
            // A text of a class is told by its field's name, above. This is for all others: no table can keep NUL.
            guard !holdsNUL(body) else { throw EnvelopeFault.bodyNotOfType("NUL (U+0000) stands in it") }
            return message
        } catch let fault as EnvelopeFault {
            throw fault
        } catch let error as DecodingError {
            throw fault(error)
        } catch {
            throw .bodyNotJSON
        }
    }

    /// A body that is there, not too large, text, and JSON that everybody reads alike.
    static func checked(_ body: [UInt8]?) throws(EnvelopeFault) -> [UInt8] {
        guard let body else { throw .noBody }
        guard body.count <= MessageLimits.bodyBytes else { throw .bodyTooLarge(bytes: body.count) }
        guard String(validating: body, as: UTF8.self) != nil else { throw .bodyNotText }
        try JSONCheck.check(body)
        return body
    }

    /// Whether JSON that is right has the escape of NUL in it. A backslash escapes what stands behind it, itself included.
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
        case .valueNotFound(let type, let context): return at(context.codingPath, "\(type) was expected, null stands there")
        case .dataCorrupted(let context):
            if let text = textFault(context.underlyingError, at: context.codingPath) { return text }
            // The body is JSON, that was checked: a value does not fit its field.
            return at(context.codingPath, "the value is not allowed")
        @unknown default: return .bodyNotJSON
        }
    }

    private static func textFault(_ error: (any Error)?, at path: [any CodingKey]) -> EnvelopeFault? {
        (error as? TextFault).map { .textNotTaken(field: place(path), $0) }
    }

    private static func place(_ path: [any CodingKey]) -> String { path.prefix(16).map(fieldName).joined(separator: ".") }

    /// A field's name as it stands in our sources. The keys of a table in a message are the sender's: they may be long, or be
    /// a person's number, and are not repeated.
    private static func fieldName(_ key: any CodingKey) -> String {
        if let index = key.intValue, key.stringValue == "Index \(index)" { return "[\(index)]" }
        return fieldName(key.stringValue)
    }

    static func fieldName(_ name: String) -> String {
        let isOurs = name.utf8.count <= 64 && name.first?.isLetter == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isOurs ? name : "…"
    }
}
