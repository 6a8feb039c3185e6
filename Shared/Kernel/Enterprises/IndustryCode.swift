/// What the size standard says of a code of the national classification of industries.
public enum IndustryAnswer: Sendable, Hashable {
    /// It belongs to this group.
    case group(IndustryGroup)
    /// The standard does not cover it, and why.
    case notCovered(LocalisedText)
    /// The texts leave it open; a person decides, and what.
    case undecided(LocalisedText)
    /// The code is too short: what is under it belongs to more than one group.
    case needsMoreDigits
    /// The classification has no such code.
    case unknownCode
}

extension IndustryGroup {
    /// The group of a code of GB/T 4754-2017: a section ("I"), or two to four digits with the section before them or without ("I65", "6510").
    public static func of(industryCode code: String) -> IndustryAnswer {
        guard let wanted = IndustryCode(code) else { return .unknownCode }
        let answers = Set(IndustryRow.edition2011.filter { wanted.covers($0) }.map(\.answer))
        guard let answer = answers.first else { return .unknownCode }
        return answers.count == 1 ? answer : .needsMoreDigits
    }
}

/// A code as far as the size standard reads it: the section, and the three-digit groups under it.
private struct IndustryCode {
    let section: Character?
    let groups: ClosedRange<Int>

    init?(_ text: String) {
        var digits = text[...]
        section = digits.first.flatMap { ("A"..."T").contains($0) && $0.isASCII ? $0 : nil }
        if section != nil { digits.removeFirst() }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        switch (digits.count, Int(digits.prefix(3))) {
        case (0, _) where section != nil: groups = 0...999
        case (2, let division?): groups = division * 10...division * 10 + 9
        case (3...4, let group?): groups = group...group
        default: return nil
        }
    }

    func covers(_ row: IndustryRow) -> Bool {
        (section == nil || section == row.section) && groups.overlaps(row.groups)
    }
}
