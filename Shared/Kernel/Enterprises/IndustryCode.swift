/// The industry group of a code of the national classification, by the size standard.
public enum IndustryAnswer: Sendable, Hashable {
    /// The code belongs to this group.
    case group(IndustryGroup)
    /// The standard does not cover the code; with the reason.
    case notCovered(LocalisedText)
    /// The standard is ambiguous and a person must decide; with the question.
    case undecided(LocalisedText)
    /// The code is too short: its subdivisions belong to more than one group.
    case needsMoreDigits
    /// The classification has no such code.
    case unknownCode
}

extension IndustryGroup {
    /// The group of a code of GB/T 4754-2017: a section ("I"), or two to four digits with the section before them or without ("I65",
    /// "6510").
    public static func of(industryCode code: String) -> IndustryAnswer {
        guard let wanted = IndustryCode(code) else { return .unknownCode }
        let answers = Set(IndustryRow.edition2011.filter { wanted.covers($0) }.map(\.answer))
        guard let answer = answers.first else { return .unknownCode }
        return answers.count == 1 ? answer : .needsMoreDigits
    }
}

/// The part of a code that the size standard uses: the section, and the range of three-digit groups.
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
