import Foundation

/// A JSON text for a `jsonb` or `json` column. The bytes are sent unchanged; the server validates them.
public struct PostgresJSON: Sendable, Hashable, PostgresEncodable, PostgresDecodable, PostgresElement {
    /// The JSON text in UTF-8.
    public let bytes: [UInt8]

    /// Wraps an encoded JSON text.
    public init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Writes `value` as JSON, with sorted keys so that equal values give equal bytes. Times are numbers of seconds since 2001, as in the rows
    /// that exist, and not the texts of messages.
    public init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        bytes = Array(try encoder.encode(value))
    }

    /// Reads the text as `type`. Throws what the decoder throws.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T { try JSONDecoder().decode(type, from: Data(bytes)) }

    /// Sent as jsonb or json.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        switch type {
        case .jsonb: writer.write(UInt8(1))
        case .json: break
        default: throw PostgresWriter.mismatch(Self.self, type)
        }
        writer.write(bytes: bytes)
    }

    /// Read from jsonb or json.
    public static func decode(_ cell: PostgresCell) throws -> PostgresJSON {
        let bytes = try cell.requireBytes()
        switch cell.type {
        case .json: return PostgresJSON(bytes: bytes)
        case .jsonb:
            // The first byte is the version of the binary format; only 1 exists.
            guard bytes.first == 1 else { throw cell.malformed() }
            return PostgresJSON(bytes: bytes.dropFirst())
        default: throw cell.mismatch(Self.self)
        }
    }
}
