public import Kernel

/// A city's voucher programme: all decisions of the city, as data.
///
/// It is loaded by `Programme.load` from a YAML file and is consistent: every reference is valid, and every rule cites a clause that
/// exists. All parts can be changed on a copy, so that tests can remove a rule.
public struct Programme: Sendable, Hashable {
    /// The id, "beijing-2026"; also the file's name.
    public var id: String
    /// The version, from 1. An order stays under the version it was placed under.
    public var version: Int
    /// The title.
    public var title: LocalisedText
    /// The city's six-digit division code.
    public var city: String
    /// The time zone of all days; only one is supported, and a file with another is refused.
    public var timeZone: String
    /// The days on which this version is in force.
    public var effective: ClosedRange<CalendarDate>
    /// The clause files it cites from, "BJ26".
    public var registries: [String]
    /// What it does with cases of earlier versions; nil for a first version.
    public var amends: Amendment?
    /// The clauses cited for the effective dates.
    public var citation: Citation

    /// Settings for values that the documents leave to the operator.
    public var settings: [Setting]
    /// The roles.
    public var roles: [NamedTerm]
    /// Which cases a role sees, where the file says so.
    public var roleSights: [String: RoleSight]
    /// The field with the division in which the officers of a role are competent, by role: the district of the enterprise.
    public var roleDivisions: [String: FieldName]
    /// The kinds of beneficiary, such as small firms or business parks.
    public var beneficiaries: [NamedTerm]
    /// Lists of enterprises or institutions that rules use.
    public var lists: [NamedTerm]
    /// Qualifications, recognitions and approvals that rules use.
    public var qualifications: [NamedTerm]

    /// Tiers of the yearly quota; the last one is the default.
    public var tiers: [Tier]
    /// Caps on vouchers and money.
    public var caps: [Cap]
    /// The subsidised part of a price.
    public var subsidy: Subsidy
    /// The ranking of claims, if vouchers are claimed in batches.
    public var allocation: Allocation?

    /// The domains, which group categories.
    public var domains: [NamedTerm]
    /// The categories of services.
    public var categories: [Category]
    /// The forms.
    public var forms: [Form]
    /// The papers to be submitted.
    public var documents: [Document]
    /// The rules for papers.
    public var paperRules: [PaperRule]
    /// Eligibility, admission and checks, in the order of the file.
    public var rules: [Rule]
    /// The facts that are collected over cases.
    public var collected: [CollectedFact]

    /// The state machines of application, order, redemption and so on.
    public var procedures: [Procedure]
    /// The time windows.
    public var windows: [Window]
    /// How institutions are paid.
    public var payout: Payout
    /// The sanctions for a breach.
    public var sanctions: [Sanction]
    /// The clauses that are implemented elsewhere.
    public var heldElsewhere: [HeldElsewhere]
    /// The clauses that are not served yet, with the reason.
    public var notBuilt: [HeldElsewhere]
}

/// Which cases a role sees.
public enum RoleSight: String, Sendable, Hashable, Codable, CaseIterable {
    /// Those to which its organisation is a party.
    case own
    /// Those of procedures in which it takes a step.
    case steps
    /// Those in a state from which a step is open to this role: public notices. Such a step is open to everybody.
    case notices
    /// All.
    case all
}

/// A name that rules use, with its titles.
public struct NamedTerm: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// Where it comes from; rules that use it cite clauses of their own, so it may be empty.
    public var citation: Citation
}

/// A value that the documents leave to the operator.
public struct Setting: Sendable, Hashable {
    /// The name that the file refers to it by.
    public var id: String
    /// The value as the file writes it.
    public var value: String
    /// Why it has this value, and who may set another.
    public var note: LocalisedText
    /// The clause that leaves it open, and the interpretation.
    public var citation: Citation
}

/// Clauses that are implemented outside the file.
public struct HeldElsewhere: Sendable, Hashable {
    /// The clauses.
    public var clauses: [String]
    /// The service that implements them.
    public var owner: String
    /// Where and how they are implemented.
    public var reason: String
    /// Its position in the file.
    public var place: SourcePlace
}
