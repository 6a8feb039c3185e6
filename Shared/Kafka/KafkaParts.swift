/// The key, the payload and the headers of a record to send, in one run of bytes: however many they are, a record is one piece of memory,
/// or a part of one that many records share (`KafkaPartsBlock`).
public struct KafkaParts: Sendable {
    /// Where a part lies; a count below 0 stands for one that is not there, which is not the same as an empty one.
    struct Piece: Sendable, Hashable {
        var start: Int32 = 0
        var count: Int32 = -1
    }

    /// Where a record's parts lie in a run of bytes. Of each header there are its name's length and its value's, then the name and the value.
    struct Places: Sendable {
        fileprivate(set) var key = Piece()
        fileprivate(set) var value = Piece()
        fileprivate(set) var headersStart: Int32
        fileprivate(set) var headersEnd: Int32
        fileprivate(set) var headerCount: Int32 = 0
    }

    private(set) var bytes: [UInt8]
    private(set) var places: Places

    static let lengths = 2 * MemoryLayout<Int32>.size

    /// - Parameters:
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    public init(key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader]) {
        var block = KafkaPartsBlock(room: (key?.count ?? 0) + (value?.count ?? 0))
        block.begin()
        if let key { block.key { $0 += key } }
        if let value { block.value { $0 += value } }
        for header in headers { block.header(header.name, header.value) }
        self = block.parts()[0]
    }

    fileprivate init(_ bytes: [UInt8], _ places: Places) {
        self.bytes = bytes
        self.places = places
    }

    var key: Piece { places.key }
    var value: Piece { places.value }
    var headerCount: Int32 { places.headerCount }

    /// How many bytes key, payload and headers have, about.
    public var count: Int { Int(max(0, key.count)) + Int(max(0, value.count)) + Int(places.headersEnd - places.headersStart) }

    /// Calls `body` with the bytes of each header's name and value; a value without an address is one that is not there.
    func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var start = Int(places.headersStart)
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

extension KafkaParts: Hashable {
    /// The same key, payload and headers, wherever they lie.
    public static func == (left: KafkaParts, right: KafkaParts) -> Bool {
        left.headerCount == right.headerCount && left.copy(of: left.key) == right.copy(of: right.key)
            && left.copy(of: left.value) == right.copy(of: right.value) && left.headerBytes == right.headerBytes
    }

    /// Of what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(copy(of: key))
        hasher.combine(copy(of: value))
        hasher.combine(headerBytes)
    }

    private var headerBytes: ArraySlice<UInt8> { bytes[Int(places.headersStart)..<Int(places.headersEnd)] }
}

/// The parts of many records, written one after another into one piece of memory, which is freed when the last of them is gone.
public struct KafkaPartsBlock: ~Copyable {
    /// The first is nobody's, so that an empty part too has an address.
    private var bytes: [UInt8] = [0]
    private var places: [KafkaParts.Places] = []

    /// - Parameter room: how many bytes all will be about
    public init(room: Int) { bytes.reserveCapacity(room + 1) }

    /// Begins a record, as yet without anything. Its key and its payload come before its headers.
    public mutating func begin() {
        let start = Int32(bytes.count)
        places.append(KafkaParts.Places(headersStart: start, headersEnd: start))
    }

    /// Gives the record begun last its key: `write` appends it and nothing else.
    public mutating func key(_ write: (inout [UInt8]) throws -> Void) rethrows {
        let piece = try put(write)
        places[last].key = piece
    }

    /// Gives the record begun last its payload: `write` appends it and nothing else.
    public mutating func value(_ write: (inout [UInt8]) throws -> Void) rethrows {
        let piece = try put(write)
        places[last].value = piece
    }

    /// Adds a header to the record begun last: `write` appends its value and nothing else.
    public mutating func header(_ name: String, _ write: (inout [UInt8]) throws -> Void) rethrows {
        try header(name, hasValue: true, write)
    }

    /// Adds a header to the record begun last, with a value or without one.
    public mutating func header(_ name: String, _ value: [UInt8]?) {
        header(name, hasValue: value != nil) { $0 += value ?? [] }
    }

    private mutating func header(_ name: String, hasValue: Bool, _ write: (inout [UInt8]) throws -> Void) rethrows {
        let start = bytes.count
        for _ in 0..<KafkaParts.lengths { bytes.append(0) }
        var name = name
        name.withUTF8 { bytes += $0 }
        let valueStart = bytes.count
        try write(&bytes)
        let lengths = (Int32(valueStart - start - KafkaParts.lengths), hasValue ? Int32(bytes.count - valueStart) : -1)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: lengths.0, toByteOffset: start, as: Int32.self)
            bytes.storeBytes(of: lengths.1, toByteOffset: start + MemoryLayout<Int32>.size, as: Int32.self)
        }
        places[last].headerCount += 1
        places[last].headersEnd = Int32(bytes.count)
    }

    private var last: Int {
        precondition(!places.isEmpty, "begin a record first")
        return places.count - 1
    }

    /// The parts of each record, in the order in which they were begun.
    public consuming func parts() -> [KafkaParts] {
        let bytes = bytes
        return places.map { KafkaParts(bytes, $0) }
    }

    private mutating func put(_ write: (inout [UInt8]) throws -> Void) rethrows -> KafkaParts.Piece {
        precondition(places[last].headerCount == 0, "key and payload come before the headers")
        let start = Int32(bytes.count)
        try write(&bytes)
        let end = Int32(bytes.count)
        (places[last].headersStart, places[last].headersEnd) = (end, end)
        return KafkaParts.Piece(start: start, count: end - start)
    }
}
