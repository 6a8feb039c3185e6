/// The key, the payload and the headers of a record to send, in one run of bytes: however many they are, a record is one piece of memory.
public struct KafkaParts: Sendable, Hashable {
    /// Where a part lies; a count below 0 stands for one that is not there, which is not the same as an empty one.
    struct Piece: Sendable, Hashable {
        var start: Int32 = 0
        var count: Int32 = -1
    }

    /// The first is nobody's, so that an empty part too has an address. Of each header there are its name's length and its value's, then
    /// the name and the value.
    private(set) var bytes: [UInt8] = [0]
    private(set) var key = Piece()
    private(set) var value = Piece()
    private(set) var headersStart: Int32 = 1
    private(set) var headerCount: Int32 = 0

    static let lengths = 2 * MemoryLayout<Int32>.size

    /// - Parameters:
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    public init(key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader]) {
        if let key { self.key = put { $0 += key } }
        if let value { self.value = put { $0 += value } }
        headersStart = Int32(bytes.count)
        for header in headers { add(header.name, header.value != nil) { $0 += header.value ?? [] } }
    }

    /// The same without arrays of their own.
    /// - Parameters:
    ///   - room: how many bytes all will be about
    ///   - key: appends the key
    ///   - value: appends the payload
    public init(room: Int, key: (inout [UInt8]) -> Void, value: (inout [UInt8]) -> Void) {
        bytes.reserveCapacity(room)
        self.key = put(key)
        self.value = put(value)
        headersStart = Int32(bytes.count)
    }

    /// Adds a header behind those that are there; `value` appends its bytes and nothing else.
    public mutating func addHeader(_ name: String, _ value: (inout [UInt8]) -> Void) { add(name, true, value) }

    /// How many bytes there are, about.
    public var count: Int { bytes.count }

    private mutating func put(_ write: (inout [UInt8]) -> Void) -> Piece {
        let start = bytes.count
        write(&bytes)
        return Piece(start: Int32(start), count: Int32(bytes.count - start))
    }

    private mutating func add(_ name: String, _ hasValue: Bool, _ value: (inout [UInt8]) -> Void) {
        let start = bytes.count
        for _ in 0..<Self.lengths { bytes.append(0) }
        var name = name
        name.withUTF8 { bytes += $0 }
        let valueStart = bytes.count
        if hasValue { value(&bytes) }
        let lengths = (Int32(valueStart - start - Self.lengths), hasValue ? Int32(bytes.count - valueStart) : -1)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: lengths.0, toByteOffset: start, as: Int32.self)
            bytes.storeBytes(of: lengths.1, toByteOffset: start + MemoryLayout<Int32>.size, as: Int32.self)
        }
        headerCount += 1
    }

    /// Calls `body` with the bytes of each header's name and value; a value without an address is one that is not there.
    func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var start = Int(headersStart)
            for _ in 0..<headerCount {
                let name = Int(bytes.loadUnaligned(fromByteOffset: start, as: Int32.self))
                let value = Int(bytes.loadUnaligned(fromByteOffset: start + MemoryLayout<Int32>.size, as: Int32.self))
                start += Self.lengths
                let end = start + name + max(0, value)
                body(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + name]),
                    value < 0
                        ? UnsafeRawBufferPointer(start: nil, count: 0) : UnsafeRawBufferPointer(rebasing: bytes[start + name..<end]))
                start = end
            }
        }
    }

    /// Calls `body` with the bytes of a part; without an address where it is not there.
    func withBytes<R>(of piece: Piece, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard piece.count >= 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(piece.start)..<Int(piece.start + piece.count)])) }
    }

    func copy(of piece: Piece) -> [UInt8]? { piece.count < 0 ? nil : withBytes(of: piece) { Array($0) } }
}
