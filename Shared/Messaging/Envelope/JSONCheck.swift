/// Whether bytes are one JSON text as RFC 8259 has it, with every field of an object once.
///
/// Foundation's parser takes more than the standard does: commas before a closing bracket, fields that stand twice (of which it reads one,
/// and another reader may read the other), other encodings. What is signed, hashed, decided and stored must be read alike by everybody.
/// The check goes over the bytes once, keeps no values, and nests no deeper than `mostDepth`, whatever the sender does.
struct JSONCheck: ~Copyable {
    /// Objects and lists within each other. The deepest message of Quan has a tenth of it.
    static let mostDepth = 64
    /// An object with more fields than this has their names looked up; with fewer they are compared one by one.
    private static let fewFields = 12

    private struct Frame {
        let isObject: Bool
        /// Where the names of its fields begin in `names`.
        let firstName: Int
        /// The names once they are many.
        var many: Set<String>?
    }

    private var scanner: JSONScanner
    private var frames: [Frame] = []
    private var names: [String] = []

    /// Throws the fault of a text that is none. The bytes are UTF-8.
    static func check(_ bytes: [UInt8]) throws(EnvelopeFault) {
        let fault = bytes.withUnsafeBufferPointer { buffer -> EnvelopeFault? in
            var check = JSONCheck(scanner: JSONScanner(buffer))
            do throws(EnvelopeFault) {
                try check.run()
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw fault }
    }

    private init(scanner: consuming JSONScanner) { self.scanner = scanner }

    private mutating func run() throws(EnvelopeFault) {
        scanner.skipSpace()
        var isComplete = try takeValue()
        while !(isComplete && frames.isEmpty) {
            isComplete = isComplete ? try takeNext() : try takeFirst()
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else { throw .bodyNotJSON }
    }

    /// Takes a value, or the opening of one. Returns whether it is complete.
    private mutating func takeValue() throws(EnvelopeFault) -> Bool {
        switch scanner.peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard frames.count < Self.mostDepth else { throw .bodyTooDeep(limit: Self.mostDepth) }
            frames.append(Frame(isObject: scanner.peek == UInt8(ascii: "{"), firstName: names.count, many: nil))
            scanner.step()
            return false
        default:
            guard scanner.skipScalar() else { throw .bodyNotJSON }
            return true
        }
    }

    /// What may follow an opening: its end, or the first of what it holds.
    private mutating func takeFirst() throws(EnvelopeFault) -> Bool {
        scanner.skipSpace()
        if takeEnd() { return true }
        return try takeMember()
    }

    /// What may follow a complete value: the end of what holds it, or a comma and the next.
    private mutating func takeNext() throws(EnvelopeFault) -> Bool {
        scanner.skipSpace()
        if takeEnd() { return true }
        guard scanner.take(UInt8(ascii: ",")) else { throw .bodyNotJSON }
        scanner.skipSpace()
        if scanner.peek == UInt8(ascii: "}") || scanner.peek == UInt8(ascii: "]") { throw .bodyTrailingComma(byte: scanner.position) }
        return try takeMember()
    }

    private mutating func takeEnd() -> Bool {
        guard let frame = frames.last, scanner.take(frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
        names.removeSubrange(frame.firstName...)
        frames.removeLast()
        return true
    }

    private mutating func takeMember() throws(EnvelopeFault) -> Bool {
        if frames.last?.isObject == true {
            guard let name = scanner.takeText() else { throw .bodyNotJSON }
            try note(name)
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw .bodyNotJSON }
            scanner.skipSpace()
        }
        return try takeValue()
    }

    private mutating func note(_ name: String) throws(EnvelopeFault) {
        let place = frames.count - 1
        let isNew: Bool
        if frames[place].many != nil {
            isNew = frames[place].many?.insert(name).inserted == true
        } else {
            isNew = !names[frames[place].firstName...].contains(name)
            names.append(name)
            if names.count - frames[place].firstName > Self.fewFields { frames[place].many = Set(names[frames[place].firstName...]) }
        }
        guard isNew else { throw .bodyFieldTwice(MessageBody.fieldName(name)) }
    }
}
