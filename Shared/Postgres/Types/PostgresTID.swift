/// Where a version of a row lies in its table (`ctid`): the quickest way to it, good until the row is written or moved. Who uses one later
/// than in its transaction asks for the row's key as well.
public struct PostgresTID: Sendable, Hashable, PostgresEncodable, PostgresDecodable, PostgresElement {
    /// The table's page, from 0.
    public let block: UInt32
    /// The place in the page, from 1.
    public let item: UInt16

    /// A place.
    public init(block: UInt32, item: UInt16) { (self.block, self.item) = (block, item) }

    /// Sent as tid.
    public func encode(as type: PostgresType, into writer: inout PostgresWriter) throws {
        guard type == .tid else { throw PostgresWriter.mismatch(Self.self, type) }
        writer.write(block)
        writer.write(item)
    }

    /// Read from tid.
    public static func decode(_ cell: PostgresCell) throws -> PostgresTID {
        let bytes = try cell.requireBytes()
        guard cell.type == .tid else { throw cell.mismatch(Self.self) }
        guard bytes.count == 6 else { throw cell.malformed() }
        return PostgresTID(
            block: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)),
            item: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
    }
}
