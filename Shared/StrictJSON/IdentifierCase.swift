/// Changes the UUIDs in JSON to lower case, as RFC 9562 requires.
///
/// Foundation encodes a `UUID` in upper case and has no option for it, so the encoded text is changed in place: every string that is
/// exactly a UUID. That includes free text of exactly that form; its meaning stays the same.
enum IdentifierCase {
    private static let length = 36
    private static let hyphens: Set<Int> = [8, 13, 18, 23]

    /// - Parameter json: valid JSON. In other text at most the case of hexadecimal digits is changed.
    static func lower(_ json: inout [UInt8]) {
        json.withUnsafeMutableBufferPointer { bytes in
            var place = 0
            var isInString = false
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\\"): place += 1
                case UInt8(ascii: "\""):
                    isInString.toggle()
                    if isInString, isIdentifier(bytes, from: place + 1) {
                        for index in place + 1...place + length where bytes[index] >= UInt8(ascii: "A") { bytes[index] |= 0x20 }
                        place += length
                    }
                default: break
                }
                place += 1
            }
        }
    }

    private static func isIdentifier(_ bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int) -> Bool {
        guard start + length < bytes.count, bytes[start + length] == UInt8(ascii: "\"") else { return false }
        return (0..<length).allSatisfy { index in
            let byte = bytes[start + index]
            if hyphens.contains(index) { return byte == UInt8(ascii: "-") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                return true
            default: return false
            }
        }
    }
}
