import Glibc

extension ArraySlice<UInt8> {
    /// The index of the first occurrence of `word` at or after `start`; nil if there is none.
    func place(of word: [UInt8], from start: Int) -> Int? {
        guard let first = word.first, start >= startIndex, start + word.count <= endIndex else { return nil }
        return withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            var offset = start - startIndex
            while offset + word.count <= buffer.count {
                guard let found = memchr(base + offset, Int32(first), buffer.count - word.count - offset + 1) else { return nil }
                offset = UnsafeRawPointer(found) - base
                if memcmp(found, word, word.count) == 0 { return startIndex + offset }
                offset += 1
            }
            return nil
        }
    }
}
