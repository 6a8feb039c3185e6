/// A value that can be sent as a parameter, in PostgreSQL's binary format.
///
/// `type` is the type that the server expects, so an `Int` fits `int2`, `int4` and `int8` columns, with a range check. A type with an
/// encodable `RawValue` only needs to declare the conformance.
public protocol PostgresEncodable: Sendable {
    /// Writes this value as `type` expects it. Throws a `PostgresError` of kind `encoding` when it does not fit.
    func encode(as type: PostgresType, into writer: inout PostgresWriter) throws
}

/// A value that can be read from a column, in PostgreSQL's binary format.
public protocol PostgresDecodable: Sendable {
    /// Reads one cell. Throws a `PostgresError` of kind `decoding` when its type, length or value does not fit.
    static func decode(_ cell: PostgresCell) throws -> Self
}

/// A type that can be an array element. Conform a type to it to send or read arrays of that type; the default implementations use a
/// one-dimensional PostgreSQL array.
public protocol PostgresElement: Sendable {
    /// Writes the whole array.
    static func encode(array: [Self], as type: PostgresType, into writer: inout PostgresWriter) throws
    /// Reads the whole array.
    static func decode(array cell: PostgresCell) throws -> [Self]
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// Writes the raw value.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try rawValue.encode(as: type, into: &writer)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; an unknown raw value is a decoding error.
    public static func decode(_ cell: PostgresCell) throws -> Self {
        guard let value = Self(rawValue: try RawValue.decode(cell)) else {
            throw PostgresError(.decoding, "the column contains a value that is unknown to \(Self.self)")
        }
        return value
    }
}

/// The output buffer of encoded parameters.
public struct PostgresWriter: Sendable {
    var bytes: [UInt8] = []
    var isNull = false

    /// The value is null; nothing else may be written for it.
    public mutating func writeNull() { isNull = true }

    /// Appends an integer, most significant byte first.
    public mutating func write<I: FixedWidthInteger>(_ value: I) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    public mutating func write(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Overwrites four bytes written earlier, for lengths that are known only afterwards.
    mutating func patch(_ value: Int32, at offset: Int) {
        withUnsafeBytes(of: value.bigEndian) { source in
            for index in 0..<4 { bytes[offset + index] = source[index] }
        }
    }

    static func mismatch(_ value: Any.Type, _ type: PostgresType) -> PostgresError {
        PostgresError(.encoding, "a \(value) cannot be sent as \(type): pass another Swift type, or cast the parameter in the SQL")
    }
}

/// One cell of a result, valid only while it is being decoded.
public struct PostgresCell {
    /// The column's type.
    public let type: PostgresType
    /// The bytes in binary format; nil is SQL's null.
    public let bytes: UnsafeRawBufferPointer?

    /// The bytes of a cell that may not be null.
    public func requireBytes() throws -> UnsafeRawBufferPointer {
        guard let bytes else { throw PostgresError(.decoding, "the column is null: decode an Optional, or coalesce in the SQL") }
        return bytes
    }

    /// The cell as one big-endian integer of exactly the cell's width.
    public func requireInteger<I: FixedWidthInteger>(_: I.Type = I.self) throws -> I {
        let bytes = try requireBytes()
        guard bytes.count == MemoryLayout<I>.size else { throw malformed() }
        return I(bigEndian: bytes.loadUnaligned(as: I.self))
    }

    func mismatch(_ value: Any.Type) -> PostgresError {
        PostgresError(.decoding, "the column is \(type), which cannot be decoded as \(value): use another Swift type, or cast in the SQL")
    }

    func malformed() -> PostgresError {
        PostgresError(.decoding, "the column's \(bytes?.count ?? 0) bytes are not a well-formed \(type)")
    }

    func outOfRange(_ value: Any.Type) -> PostgresError {
        PostgresError(.decoding, "the column's \(type) is out of the range of \(value)")
    }
}
