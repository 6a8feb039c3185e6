public import Kernel

/// One city's voucher programme: everything the city decides, as data.
///
/// A value is made by `Programme.load` from a YAML file and is consistent: every name in it leads somewhere, every rule names a clause that
/// exists. All parts can be changed on a copy, which is how a test takes a rule away.
public struct Programme: Sendable, Hashable {
    /// The id, "beijing-2026"; also the file's name.
    public var id: String
    /// The version, from 1. An order stays under the version it was placed under.
    public var version: Int
    /// The title.
    public var title: LocalisedText
    /// The division whose programme it is, by its six-digit code.
    public var city: String
    /// The time zone of all its days; there is one, and a file that writes another is refused.
    public var timeZone: String
    /// The days on which this version is in force.
    public var effective: ClosedRange<CalendarDate>
    /// The clause files it cites from, "BJ26".
    public var registries: [String]
    /// Where effective dates come from.
    public var citation: Citation

    /// What an operator sets because the documents leave it open.
    public var settings: [Setting]
    /// Who acts.
    public var roles: [NamedTerm]
    /// The kinds of beneficiary, small firms or parks of them.
    public var beneficiaries: [NamedTerm]
    /// Lists of enterprises or institutions that rules ask about.
    public var lists: [NamedTerm]
    /// Qualifications, recognitions and approvals that rules ask about.
    public var qualifications: [NamedTerm]

    /// Tiers of the yearly quota; the last one is for everybody else.
    public var tiers: [Tier]
    /// Caps on what may be used.
    public var caps: [Cap]
    /// What part of a price the city pays.
    public var subsidy: Subsidy
    /// How claims are ranked, where vouchers are claimed in batches.
    public var allocation: Allocation?

    /// The domains that the categories are grouped in.
    public var domains: [NamedTerm]
    /// The categories of services.
    public var categories: [Category]
    /// The forms that people fill in.
    public var forms: [Form]
    /// The papers that people hand in.
    public var documents: [Document]
    /// What holds for all papers.
    public var paperRules: [PaperRule]
    /// Eligibility, admission and checks, in the order of the file.
    public var rules: [Rule]

    /// The state machines of application, order, redemption and so on.
    public var procedures: [Procedure]
    /// Spans of time in which something may be done.
    public var windows: [Window]
    /// Which way the money goes.
    public var payout: Payout
    /// What follows from a breach.
    public var sanctions: [Sanction]
    /// The clauses that are held elsewhere, and where.
    public var heldElsewhere: [HeldElsewhere]
}

/// A name that rules use, with its titles.
public struct NamedTerm: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
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
    /// The clause that leaves it open, and the reading.
    public var citation: Citation
}

/// Clauses that no rule of the file holds, because something else does.
public struct HeldElsewhere: Sendable, Hashable {
    /// The clauses.
    public var clauses: [String]
    /// The service that holds them.
    public var owner: String
    /// Where and how.
    public var reason: String
    /// Where it stands in the file.
    public var place: SourcePlace
}
