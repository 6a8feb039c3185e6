import CZlib

/// Decompresses deflated data up to a size limit, optionally without keeping the output.
enum Inflater {
    /// The format of the compressed data, as zlib's window bits.
    enum Format: Int32 {
        /// Raw deflate data, as in a zip.
        case raw = -15
        /// Deflate data with a zlib header, as in a PDF.
        case zlib = 15
    }

    /// The result of decompression.
    struct Result {
        /// The size of the output; more than the limit if the limit was exceeded.
        var count = 0
        /// The output; empty if it is not kept.
        var bytes: [UInt8] = []
        /// Whether the end of the compressed data was reached.
        var isWhole = false
        /// The number of compressed bytes used.
        var used = 0
    }

    static func inflate(_ packed: ArraySlice<UInt8>, _ format: Format, most: Int, keeping: Bool) -> Result {
        var result = Result()
        var stream = z_stream()
        guard inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return result }
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

    /// The CRC-32 used by zip.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32(clamping: $0.count)) })
    }
}
