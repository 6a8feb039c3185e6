/// The members of a JSON object that a reader is shown, each as it is written.
enum JSONMembers {
    private static let (quote, escape): (UInt8, UInt8) = (0x22, 0x5c)

    /// The object with those members whose names are among `names`, in their order. Nil where the text is no object.
    static func keeping(_ names: Set<String>, of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let open = bytes.firstIndex(where: { !isSpace($0) }), bytes[open] == UInt8(ascii: "{") else { return nil }
        var kept: [ArraySlice<UInt8>] = []
        var place = open + 1
        while let end = end(ofMemberAt: place, in: bytes) {
            let member = bytes[place..<end]
            if let name = name(of: member), names.contains(name) { kept.append(member) }
            guard bytes[end] == UInt8(ascii: ",") else {
                return "{" + kept.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",") + "}"
            }
            place = end + 1
        }
        return nil
    }

    /// Where the comma or brace behind a member stands; nil where the text ends before it.
    private static func end(ofMemberAt start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case quote:
                place += 1
                while place < bytes.count, bytes[place] != quote { place += bytes[place] == escape ? 2 : 1 }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}") where depth == 0: return place
            case UInt8(ascii: ",") where depth == 0: return place
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
        }
        return nil
    }

    /// A member's name as it is written; a name with escapes is none of ours.
    private static func name(of member: ArraySlice<UInt8>) -> String? {
        guard let start = member.firstIndex(of: quote), let end = member[(start + 1)...].firstIndex(of: quote) else { return nil }
        return String(decoding: member[(start + 1)..<end], as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
}
