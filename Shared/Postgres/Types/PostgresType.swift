/// A PostgreSQL type, identified by its object id.
public struct PostgresType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// `pg_type.oid`; the ids of the built-in types never change (`src/include/catalog/pg_type.dat`).
    public let rawValue: UInt32

    /// Any type, also one that this module does not name.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    static let bool = PostgresType(16), bytea = PostgresType(17), name = PostgresType(19), int8 = PostgresType(20)
    static let int2 = PostgresType(21), int4 = PostgresType(23), text = PostgresType(25), oid = PostgresType(26), tid = PostgresType(27)
    static let json = PostgresType(114), float4 = PostgresType(700), float8 = PostgresType(701), unknown = PostgresType(705)
    static let bpchar = PostgresType(1042), varchar = PostgresType(1043), date = PostgresType(1082)
    static let timestamptz = PostgresType(1184), numeric = PostgresType(1700), uuid = PostgresType(2950)
    static let jsonb = PostgresType(3802), xid8 = PostgresType(5069)

    private static let names: [PostgresType: String] = [
        .bool: "bool", .bytea: "bytea", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4", .text: "text", .oid: "oid", .tid: "tid",
        .json: "json", .float4: "float4", .float8: "float8", .unknown: "unknown", .bpchar: "bpchar", .varchar: "varchar",
        .date: "date", .timestamptz: "timestamptz", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb", .xid8: "xid8",
        PostgresType(1114): "timestamp without time zone", PostgresType(1186): "interval", PostgresType(2278): "void",
    ]

    /// Array type to element type.
    private static let elements: [PostgresType: PostgresType] = [
        PostgresType(1000): .bool, PostgresType(1001): .bytea, PostgresType(1003): .name, PostgresType(1005): .int2,
        PostgresType(1007): .int4, PostgresType(1009): .text, PostgresType(1010): .tid, PostgresType(1014): .bpchar,
        PostgresType(1015): .varchar,
        PostgresType(1016): .int8, PostgresType(1021): .float4, PostgresType(1022): .float8, PostgresType(1028): .oid,
        PostgresType(1182): .date, PostgresType(1185): .timestamptz, PostgresType(1231): .numeric, PostgresType(199): .json,
        PostgresType(2951): .uuid, PostgresType(3807): .jsonb, PostgresType(271): .xid8,
    ]

    /// The element type, if this is an array of a type known to this module.
    var element: PostgresType? { Self.elements[self] }

    /// The name that PostgreSQL prints, or the id of a user-defined type.
    public var description: String {
        if let name = Self.names[self] { return name }
        if let element { return "\(element)[]" }
        return "type \(rawValue)"
    }
}
