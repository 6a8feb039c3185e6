/// Encodes an integer at the width that the server expects; refuses a value that does not fit.
private func encode(_ value: some FixedWidthInteger & SignedInteger, as type: PostgresType, into writer: inout PostgresWriter) throws {
    switch type {
    case .int8: writer.write(Int64(value))
    case .int4: writer.write(try fit(value, Int32.self, type))
    case .int2: writer.write(try fit(value, Int16.self, type))
    case .oid: writer.write(try fit(value, UInt32.self, type))
    case .xid8: writer.write(try fit(value, UInt64.self, type))
    case .numeric: PostgresNumeric(exactly: Int64(value)).write(into: &writer)
    default: throw PostgresWriter.mismatch(Int.self, type)
    }
}

private func fit<Narrow: FixedWidthInteger>(_ value: some FixedWidthInteger, _: Narrow.Type, _ type: PostgresType) throws -> Narrow {
    guard let narrow = Narrow(exactly: value) else {
        throw PostgresError(.encoding, "an integer is out of the range of \(type), the type of its parameter")
    }
    return narrow
}

private func decodeInteger<I: FixedWidthInteger>(_ cell: PostgresCell) throws -> I {
    let wide: Int64?
    switch cell.type {
    case .int8: wide = try cell.requireInteger(Int64.self)
    case .int4: wide = Int64(try cell.requireInteger(Int32.self))
    case .int2: wide = Int64(try cell.requireInteger(Int16.self))
    case .oid: wide = Int64(try cell.requireInteger(UInt32.self))
    case .xid8: wide = Int64(exactly: try cell.requireInteger(UInt64.self))
    default:
        _ = try cell.requireBytes()
        throw cell.mismatch(I.self)
    }
    guard let wide, let value = I(exactly: wide) else { throw cell.outOfRange(I.self) }
    return value
}

extension Int: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as int2, int4, int8, oid, xid8 or numeric, if it fits.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try Postgres.encode(self, as: type, into: &writer)
    }
    /// Read from int2, int4, int8, oid or xid8.
    public static func decode(_ cell: PostgresCell) throws -> Int { try decodeInteger(cell) }
}

extension Int64: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as int2, int4, int8, oid, xid8 or numeric, if it fits.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try Postgres.encode(self, as: type, into: &writer)
    }
    /// Read from int2, int4, int8, oid or xid8.
    public static func decode(_ cell: PostgresCell) throws -> Int64 { try decodeInteger(cell) }
}

extension Int32: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as int2, int4, int8, oid, xid8 or numeric, if it fits.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try Postgres.encode(self, as: type, into: &writer)
    }
    /// Read from int2, int4, int8, oid or xid8, if it fits.
    public static func decode(_ cell: PostgresCell) throws -> Int32 { try decodeInteger(cell) }
}

extension Int16: PostgresEncodable, PostgresDecodable, PostgresElement {
    /// Sent as int2, int4, int8, oid, xid8 or numeric, if it fits.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        try Postgres.encode(self, as: type, into: &writer)
    }
    /// Read from int2, int4, int8, oid or xid8, if it fits.
    public static func decode(_ cell: PostgresCell) throws -> Int16 { try decodeInteger(cell) }
}
