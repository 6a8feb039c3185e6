/// Selects members of a JSON object and keeps their text unchanged.
enum JSONMembers {
    private static let (quote, escape): (UInt8, UInt8) = (0x22, 0x5c)

    /// The object reduced to the members named in `names`, in their original order. Nil where the text is not an object.
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

    /// The index of the comma or brace after a member; nil where the text ends before it.
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

    /// A member's name as written. The platform's own names contain no escapes, so escapes are not decoded.
    private static func name(of member: ArraySlice<UInt8>) -> String? {
        guard let start = member.firstIndex(of: quote), let end = member[(start + 1)...].firstIndex(of: quote) else { return nil }
        return String(decoding: member[(start + 1)..<end], as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
}
