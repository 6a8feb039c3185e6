public import Foundation

extension Bool: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as bool.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .bool else { throw PostgresWriter.mismatch(Self.self, type) }
        writer.write(UInt8(self ? 1 : 0))
    }
    /// Read from bool.
    public static func decode(_ cell: PostgresCell) throws -> Bool {
        let bytes = try cell.requireBytes()
        guard cell.type == .bool else { throw cell.mismatch(Self.self) }
        guard bytes.count == 1 else { throw cell.malformed() }
        return bytes[0] != 0
    }
}

extension Double: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as float8 or float4. Do not use it for money, which is integer fen.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        switch type {
        case .float8: writer.write(bitPattern)
        case .float4: writer.write(Float(self).bitPattern)
        default: throw PostgresWriter.mismatch(Self.self, type)
        }
    }
    /// Read from float8 or float4.
    public static func decode(_ cell: PostgresCell) throws -> Double {
        switch cell.type {
        case .float8: return Double(bitPattern: try cell.requireInteger(UInt64.self))
        case .float4: return Double(Float(bitPattern: try cell.requireInteger(UInt32.self)))
        default:
            _ = try cell.requireBytes()
            throw cell.mismatch(Self.self)
        }
    }
}

extension UUID: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as uuid.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .uuid else { throw PostgresWriter.mismatch(Self.self, type) }
        withUnsafeBytes(of: uuid) { writer.write(bytes: $0) }
    }
    /// Read from uuid.
    public static func decode(_ cell: PostgresCell) throws -> UUID {
        let bytes = try cell.requireBytes()
        guard cell.type == .uuid else { throw cell.mismatch(Self.self) }
        guard bytes.count == 16 else { throw cell.malformed() }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension String: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as text, varchar, char or name, or as a user-defined type such as an enum. A NUL is refused, because PostgreSQL's text cannot
    /// contain one.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type.isText || !type.isBuiltIn else { throw PostgresWriter.mismatch(Self.self, type) }
        guard !utf8.contains(0) else {
            throw PostgresError(.encoding, "a text contains a NUL character, which PostgreSQL cannot store: remove it, or use bytea")
        }
        writer.write(bytes: utf8)
    }
    /// Read from text, varchar, char, name or an enum; never from a type whose binary format is not its text.
    public static func decode(_ cell: PostgresCell) throws -> String {
        let bytes = try cell.requireBytes()
        guard cell.type.isText || !cell.type.isBuiltIn else { throw cell.mismatch(Self.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw cell.malformed() }
        return text
    }
}

extension PostgresType {
    fileprivate var isText: Bool {
        self == .text || self == .varchar || self == .bpchar || self == .name || self == .unknown
    }
    /// `FirstNormalObjectId`: ids from here on are user-defined types (enums, domains, citext).
    fileprivate var isBuiltIn: Bool { rawValue < 16384 }
}

extension Data: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as bytea.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .bytea else { throw PostgresWriter.mismatch(Self.self, type) }
        writer.write(bytes: self)
    }
    /// Read from bytea.
    public static func decode(_ cell: PostgresCell) throws -> Data {
        let bytes = try cell.requireBytes()
        guard cell.type == .bytea else { throw cell.mismatch(Self.self) }
        return Data(bytes)
    }
}
