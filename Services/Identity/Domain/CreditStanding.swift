public import Kernel
public import Messages
public import Programme

/// What credit registers say of an organisation. What is nil nobody has looked up; a rule that asks for it is not met.
public struct CreditStanding: Sendable, Hashable, Codable {
    /// The serious entries.
    public let entries: [DatedRecord]?
    /// The lists it is on, by the programme's names.
    public let lists: Set<String>?

    /// Nobody has looked.
    public static let unknown = CreditStanding(entries: nil, lists: nil)
    /// Somebody has looked and found nothing.
    public static let clean = CreditStanding(entries: [], lists: [])

    /// What the registers say.
    public init(entries: [DatedRecord]?, lists: Set<String>?) { (self.entries, self.lists) = (entries, lists) }

    /// Reads what somebody brings from the registers. Throws QUAN-10 for who may not, QUAN-01 for what is not well formed.
    public init(_ command: RecordCredit, by actor: Actor, today: CalendarDate?) throws(Refusal) {
        try Self.mustRecord(actor.roles)
        guard command.entries.count <= 1000, command.lists.count <= 100,
            command.entries.allSatisfy({ (1...64).contains($0.kind.utf8.count) }),
            command.lists.allSatisfy({ (1...64).contains($0.utf8.count) })
        else { throw Texts.malformed("entries", zh: "记录过多或名称过长。", en: "There are too many entries, or names that are too long.") }
        if let today, command.entries.contains(where: { $0.on > today }) {
            throw Texts.malformed("entries", zh: "记录日期晚于今天。", en: "An entry is of a day that has not come yet.")
        }
        self.init(entries: command.entries.map { DatedRecord(kind: $0.kind, on: $0.on) }, lists: command.lists)
    }

    /// Refuses (QUAN-10) whoever may not bring what registers say.
    public static func mustRecord(_ roles: Set<String>) throws(Refusal) {
        guard roles.isDisjoint(with: recorders) else { return }
        throw PlatformRule.notPermitted.refusal().comparing("expected", recorders.sorted().joined(separator: ","), .code)
    }

    /// Registers are of no programme, so neither is who may bring their data.
    private static let recorders: Set<String> = ["officer", "operator"]
}

/// What counts for an organisation of which nothing is recorded.
public enum CreditSource: String, Sendable, Hashable, CaseIterable {
    /// Nobody has looked, so whatever asks is refused.
    case recorded
    /// A sandbox in which everybody is clean until something is recorded.
    case sandboxClean = "sandbox-clean"

    /// The standing of an organisation by what is recorded of it.
    public func standing(recorded: CreditStanding?) -> CreditStanding {
        recorded ?? (self == .sandboxClean ? .clean : .unknown)
    }
}
