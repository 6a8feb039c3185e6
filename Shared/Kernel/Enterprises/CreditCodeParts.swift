/// The kind of entity, as given by the first two characters of a credit code.
///
/// It does not tell whether the entity is a legal person: branches, sole proprietorships and partnerships have 91 like companies.
public enum EntityKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// 11: a government body.
    case government
    /// 12: a public institution (事业单位).
    case publicInstitution
    /// 31: a law firm.
    case lawFirm
    /// 51: a social group (社会团体).
    case socialGroup
    /// 52: a private non-enterprise unit (民办非企业单位).
    case privateNonEnterprise
    /// 53: a foundation.
    case foundation
    /// 91: an enterprise, its branches included.
    case enterprise
    /// 92: an individual business (个体工商户).
    case individualBusiness
    /// 93: a farmers' cooperative.
    case farmersCooperative
    /// N1, N2, N3: a rural collective.
    case ruralCollective
    /// Y1, and every pair not named above.
    case other

    init(prefix: Substring) {
        self =
            switch prefix {
            case "11": .government
            case "12": .publicInstitution
            case "31": .lawFirm
            case "51": .socialGroup
            case "52": .privateNonEnterprise
            case "53": .foundation
            case "91": .enterprise
            case "92": .individualBusiness
            case "93": .farmersCooperative
            case "N1", "N2", "N3": .ruralCollective
            default: .other
            }
    }
}

/// A suspicious property of a well-formed credit code, for manual review.
public enum CreditCodeWarning: Sendable, Hashable {
    /// The subject code's own check character (GB 11714, position 17) should be this one. Issued codes satisfy it; mistyped or invented
    /// ones may not.
    case subjectCheck(expected: Character)
}

extension CreditCode {
    /// The kind of entity.
    public var kind: EntityKind { EntityKind(prefix: text.prefix(2)) }

    /// The division code of the authority that issued the code, positions 3 to 8.
    ///
    /// It never changes, so abolished districts, whole cities and zones occur. It tells where the entity was first registered, not where it
    /// is now, and must not be used to determine the payout district.
    public var registeringDivision: String { String(text.dropFirst(2).prefix(6)) }

    /// The subject code (主体标识码, GB 11714), positions 9 to 17.
    public var subjectCode: String { String(text.dropFirst(8).prefix(9)) }

    /// Warnings for manual review; usually empty.
    public var warnings: [CreditCodeWarning] {
        let expected = Self.subjectCheck(for: subjectCode.prefix(8))
        return subjectCode.last == expected ? [] : [.subjectCheck(expected: expected)]
    }

    /// GB 11714 uses the values of 36 characters, A = 10 to Z = 35, unlike the alphabet of the credit code.
    private static func subjectCheck(for body: Substring) -> Character {
        let weights = [3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body, weights).reduce(0) { $0 + (Int(String($1.0), radix: 36) ?? 0) * $1.1 }
        switch 11 - sum % 11 {
        case 10: return "X"
        case 11: return "0"
        case let digit: return Character(String(digit))
        }
    }
}
