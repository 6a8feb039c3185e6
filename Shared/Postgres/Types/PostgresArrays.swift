extension Array: PostgresEncodable where Element: PostgresElement {
    /// Sent as a one-dimensional array; `[UInt8]` as bytea.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try Element.encode(array: self, as: type, into: &writer)
    }
}

extension Array: PostgresDecodable where Element: PostgresElement {
    /// Read from a one-dimensional array; `[UInt8]` from bytea.
    public static func decode(_ cell: PostgresCell) throws -> [Element] { try Element.decode(array: cell) }
}

/// Makes `[[UInt8]]` an array of bytea. Arrays of more than one dimension are not supported.
extension Array: PostgresElement where Element == UInt8 {}

extension UInt8: PostgresElement {
    /// Encodes bytes as one bytea, not as an array of numbers.
    public static func encode(array: [UInt8], as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .bytea else { throw PostgresWriter.mismatch([UInt8].self, type) }
        writer.write(bytes: array)
    }
    /// Decodes bytes from one bytea, not from an array of numbers.
    public static func decode(array cell: PostgresCell) throws -> [UInt8] {
        let bytes = try cell.requireBytes()
        guard cell.type == .bytea else { throw cell.mismatch([UInt8].self) }
        return Array(bytes)
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// Nil is sent as null.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard let self else { return writer.writeNull() }
        try self.encode(as: type, into: &writer)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Null is read as nil.
    public static func decode(_ cell: PostgresCell) throws -> Wrapped? {
        cell.bytes == nil ? nil : try Wrapped.decode(cell)
    }
}

extension Optional: PostgresElement where Wrapped: PostgresEncodable & PostgresDecodable {}

extension PostgresElement where Self: PostgresEncodable & PostgresDecodable {
    /// Writes dimensions, flags, element type, length, lower bound, then each element with its length (`array_send`).
    public static func encode(array: [Self], as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard let element = type.element else { throw PostgresWriter.mismatch([Self].self, type) }
        writer.write(Int32(array.isEmpty ? 0 : 1))
        let flagsAt = writer.bytes.count
        writer.write(Int32(0))
        writer.write(element.rawValue)
        guard !array.isEmpty else { return }
        writer.write(Int32(array.count))
        writer.write(Int32(1))
        for value in array {
            let lengthAt = writer.bytes.count
            writer.write(Int32(-1))
            try value.encode(as: element, into: &writer)
            if writer.isNull {
                writer.patch(1, at: flagsAt)
                writer.isNull = false
            } else {
                writer.patch(Int32(writer.bytes.count - lengthAt - 4), at: lengthAt)
            }
        }
    }

    /// Reads a one-dimensional array; the declared counts are checked against the available bytes.
    public static func decode(array cell: PostgresCell) throws -> [Self] {
        var reader = ArrayReader(try cell.requireBytes(), cell)
        guard cell.type.element != nil else { throw cell.mismatch([Self].self) }
        let dimensions = try reader.integer()
        _ = try reader.integer()
        let element = PostgresType(rawValue: UInt32(bitPattern: try reader.integer()))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else {
            throw PostgresError(.decoding, "the column contains an array of \(dimensions) dimensions: only one is supported")
        }
        let count = try reader.integer()
        _ = try reader.integer()
        // Each element has at least four bytes, so a wrong count cannot reserve more than the message's size.
        guard count >= 0, Int(count) <= reader.left / 4 else { throw cell.malformed() }
        return try (0..<count).map { _ in try Self.decode(PostgresCell(type: element, bytes: try reader.element())) }
    }
}

private struct ArrayReader {
    private let bytes: UnsafeRawBufferPointer
    private let cell: PostgresCell
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, _ cell: PostgresCell) {
        self.bytes = bytes
        self.cell = cell
    }

    var left: Int { bytes.count - offset }

    mutating func integer() throws -> Int32 {
        guard left >= 4 else { throw cell.malformed() }
        defer { offset += 4 }
        return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    mutating func element() throws -> UnsafeRawBufferPointer? {
        let length = Int(try integer())
        if length == -1 { return nil }
        guard length >= 0, length <= left else { throw cell.malformed() }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    }
}
