import CZlib

/// Unpacks deflated data as far as a bound, without keeping what comes out unless it is wanted.
enum Inflating {
    /// How data is wrapped.
    enum Wrapping: Int32 {
        /// As in a zip: nothing around it.
        case raw = -15
        /// As in a PDF: zlib's header.
        case zlib = 15
    }

    /// What came of it.
    struct Result {
        /// How much came out, at most one byte more than the bound.
        var count = 0
        /// What came out; empty where it is not wanted.
        var bytes: [UInt8] = []
        /// Whether the data came to its own end.
        var isWhole = false
        /// How much of the packed data was used.
        var used = 0
    }

    static func inflate(_ packed: ArraySlice<UInt8>, _ wrapping: Wrapping, most: Int, keeping: Bool) -> Result {
        var result = Result()
        var stream = z_stream()
        guard inflateInit2_(&stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return result }
        defer { inflateEnd(&stream) }
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        packed.withUnsafeBufferPointer { source in
            // zlib only reads through this pointer.
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = UInt32(clamping: source.count)
            while result.count <= most {
                let (status, got) = chunk.withUnsafeMutableBufferPointer { target -> (Int32, Int) in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return (status, target.count - Int(stream.avail_out))
                }
                result.count += got
                if keeping { result.bytes += chunk[..<got] }
                if status == Z_STREAM_END { result.isWhole = true }
                guard status == Z_OK, got > 0 || stream.avail_in > 0 else { break }
            }
            result.used = source.count - Int(stream.avail_in)
        }
        return result
    }

    /// CRC-32 as zip has it.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32(clamping: $0.count)) })
    }
}
