/// The key, the payload and the headers of a record to send, in one byte buffer, which many records may share
/// (`KafkaRecordPartsBuffer`).
public struct KafkaRecordParts: Sendable {
    /// The byte range of a part. A negative count means that the part is absent, which differs from an empty part.
    struct ByteRange: Sendable, Hashable {
        var start: Int32 = 0
        var count: Int32 = -1
    }

    /// The byte ranges of a record's parts. A header is stored as the lengths of its name and value, then the name and the value.
    struct Layout: Sendable {
        fileprivate(set) var key = ByteRange()
        fileprivate(set) var value = ByteRange()
        fileprivate(set) var headersStart: Int32
        fileprivate(set) var headersEnd: Int32
        fileprivate(set) var headerCount: Int32 = 0
    }

    private(set) var bytes: [UInt8]
    private(set) var layout: Layout

    static let lengths = 2 * MemoryLayout<Int32>.size

    /// - Parameters:
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    public init(key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader]) {
        var block = KafkaRecordPartsBuffer(room: (key?.count ?? 0) + (value?.count ?? 0))
        block.begin()
        if let key { block.key { $0 += key } }
        if let value { block.value { $0 += value } }
        for header in headers { block.header(header.name, header.value) }
        self = block.parts()[0]
    }

    fileprivate init(_ bytes: [UInt8], _ layout: Layout) {
        self.bytes = bytes
        self.layout = layout
    }

    var key: ByteRange { layout.key }
    var value: ByteRange { layout.value }
    var headerCount: Int32 { layout.headerCount }

    /// The approximate number of bytes of key, payload and headers.
    public var count: Int { Int(max(0, key.count)) + Int(max(0, value.count)) + Int(layout.headersEnd - layout.headersStart) }

    /// Calls `body` with the bytes of each header's name and value; a nil base address means that the value is absent.
    func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var start = Int(layout.headersStart)
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

    /// Calls `body` with the bytes of a part; the base address is nil when the part is absent.
    func withBytes<R>(of range: ByteRange, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard range.count >= 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(range.start)..<Int(range.start + range.count)])) }
    }

    func copy(of range: ByteRange) -> [UInt8]? { range.count < 0 ? nil : withBytes(of: range) { Array($0) } }
}

extension KafkaRecordParts: Hashable {
    /// Compares key, payload and headers, not their offsets in the buffer.
    public static func == (left: KafkaRecordParts, right: KafkaRecordParts) -> Bool {
        left.headerCount == right.headerCount && left.copy(of: left.key) == right.copy(of: right.key)
            && left.copy(of: left.value) == right.copy(of: right.value) && left.headerBytes == right.headerBytes
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(copy(of: key))
        hasher.combine(copy(of: value))
        hasher.combine(headerBytes)
    }

    private var headerBytes: ArraySlice<UInt8> { bytes[Int(layout.headersStart)..<Int(layout.headersEnd)] }
}

/// Builds the parts of many records in one shared buffer, which is freed with the last of them.
public struct KafkaRecordPartsBuffer: ~Copyable {
    /// The first byte belongs to no part, so that an empty part has an address too.
    private var bytes: [UInt8] = [0]
    private var layouts: [KafkaRecordParts.Layout] = []

    /// - Parameter room: the expected total number of bytes
    public init(room: Int) { bytes.reserveCapacity(room + 1) }

    /// Begins an empty record. Write its key and payload before its headers.
    public mutating func begin() {
        let start = Int32(bytes.count)
        layouts.append(KafkaRecordParts.Layout(headersStart: start, headersEnd: start))
    }

    /// Sets the key of the current record: `write` appends its bytes and nothing else.
    public mutating func key(_ write: (inout [UInt8]) throws -> Void) rethrows {
        let range = try append(write)
        layouts[last].key = range
    }

    /// Sets the payload of the current record: `write` appends its bytes and nothing else.
    public mutating func value(_ write: (inout [UInt8]) throws -> Void) rethrows {
        let range = try append(write)
        layouts[last].value = range
    }

    /// Adds a header to the current record: `write` appends its value and nothing else.
    public mutating func header(_ name: String, _ write: (inout [UInt8]) throws -> Void) rethrows {
        try header(name, hasValue: true, write)
    }

    /// Adds a header to the current record, with or without a value.
    public mutating func header(_ name: String, _ value: [UInt8]?) {
        header(name, hasValue: value != nil) { $0 += value ?? [] }
    }

    private mutating func header(_ name: String, hasValue: Bool, _ write: (inout [UInt8]) throws -> Void) rethrows {
        let start = bytes.count
        for _ in 0..<KafkaRecordParts.lengths { bytes.append(0) }
        var name = name
        name.withUTF8 { bytes += $0 }
        let valueStart = bytes.count
        try write(&bytes)
        let lengths = (Int32(valueStart - start - KafkaRecordParts.lengths), hasValue ? Int32(bytes.count - valueStart) : -1)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: lengths.0, toByteOffset: start, as: Int32.self)
            bytes.storeBytes(of: lengths.1, toByteOffset: start + MemoryLayout<Int32>.size, as: Int32.self)
        }
        layouts[last].headerCount += 1
        layouts[last].headersEnd = Int32(bytes.count)
    }

    private var last: Int {
        precondition(!layouts.isEmpty, "call begin() first")
        return layouts.count - 1
    }

    /// The parts of each record, in the order of `begin`.
    public consuming func parts() -> [KafkaRecordParts] {
        let bytes = bytes
        return layouts.map { KafkaRecordParts(bytes, $0) }
    }

    private mutating func append(_ write: (inout [UInt8]) throws -> Void) rethrows -> KafkaRecordParts.ByteRange {
        precondition(layouts[last].headerCount == 0, "write key and payload before the headers")
        let start = Int32(bytes.count)
        try write(&bytes)
        let end = Int32(bytes.count)
        (layouts[last].headersStart, layouts[last].headersEnd) = (end, end)
        return KafkaRecordParts.ByteRange(start: start, count: end - start)
    }
}
