/// Checks that bytes are one JSON text by RFC 8259, without repeated fields in an object.
///
/// Foundation's parser accepts more than the standard: trailing commas, repeated fields (of which it reads one, and another parser may read
/// the other), other encodings. Every parser must read a signed, hashed or stored body alike. The check is a single pass, keeps no values,
/// and limits nesting to `depthAtMost`.
struct JSONCheck: ~Copyable {
    /// The maximum nesting of objects and lists. Quan's deepest message needs a tenth of it.
    static let depthAtMost = 64
    /// Up to this many fields of an object are compared one by one; beyond it a set is used.
    private static let fewFields = 12

    private struct Frame {
        let isObject: Bool
        /// The index of its first field name in `names`.
        let firstName: Int
        /// The field names, once there are more than `fewFields`.
        var many: Set<String>?
    }

    private var scanner: JSONScanner
    private var frames: [Frame] = []
    private var names: [String] = []

    /// Throws if the bytes, which must be UTF-8, are not valid.
    static func check(_ bytes: [UInt8]) throws(JSONFault) {
        let fault = bytes.withUnsafeBufferPointer { buffer -> JSONFault? in
            var check = JSONCheck(scanner: JSONScanner(buffer))
            do throws(JSONFault) {
                try check.run()
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw fault }
    }

    private init(scanner: consuming JSONScanner) { self.scanner = scanner }

    private mutating func run() throws(JSONFault) {
        scanner.skipSpace()
        var isComplete = try takeValue()
        while !(isComplete && frames.isEmpty) {
            isComplete = isComplete ? try takeNext() : try takeFirst()
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else { throw .notJSON }
    }

    /// Reads a value or an opening bracket. Returns whether the value is complete.
    private mutating func takeValue() throws(JSONFault) -> Bool {
        switch scanner.peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard frames.count < Self.depthAtMost else { throw .tooDeep(limit: Self.depthAtMost) }
            frames.append(Frame(isObject: scanner.peek == UInt8(ascii: "{"), firstName: names.count, many: nil))
            scanner.step()
            return false
        default:
            guard scanner.skipScalar() else { throw .notJSON }
            return true
        }
    }

    /// Reads what may follow an opening bracket: the closing bracket or the first member.
    private mutating func takeFirst() throws(JSONFault) -> Bool {
        scanner.skipSpace()
        if takeEnd() { return true }
        return try takeMember()
    }

    /// Reads what may follow a complete value: the closing bracket, or a comma and the next member.
    private mutating func takeNext() throws(JSONFault) -> Bool {
        scanner.skipSpace()
        if takeEnd() { return true }
        guard scanner.take(UInt8(ascii: ",")) else { throw .notJSON }
        scanner.skipSpace()
        if scanner.peek == UInt8(ascii: "}") || scanner.peek == UInt8(ascii: "]") { throw .trailingComma(byte: scanner.position) }
        return try takeMember()
    }

    private mutating func takeEnd() -> Bool {
        guard let frame = frames.last, scanner.take(frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
        names.removeSubrange(frame.firstName...)
        frames.removeLast()
        return true
    }

    private mutating func takeMember() throws(JSONFault) -> Bool {
        if frames.last?.isObject == true {
            guard let name = scanner.takeText() else { throw .notJSON }
            try note(name)
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw .notJSON }
            scanner.skipSpace()
        }
        return try takeValue()
    }

    private mutating func note(_ name: String) throws(JSONFault) {
        let place = frames.count - 1
        let isNew: Bool
        if frames[place].many != nil {
            isNew = frames[place].many?.insert(name).inserted == true
        } else {
            isNew = !names[frames[place].firstName...].contains(name)
            names.append(name)
            if names.count - frames[place].firstName > Self.fewFields { frames[place].many = Set(names[frames[place].firstName...]) }
        }
        guard isNew else { throw .fieldTwice(JSONFault.fieldName(name)) }
    }
}
