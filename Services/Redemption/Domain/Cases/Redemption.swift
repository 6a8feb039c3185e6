public import Foundation
public import Kernel
public import Messages

/// A redemption: from an order's contract to the decision that money may be paid. An order has one; it has the order's id.
public struct Redemption: Sendable, Hashable, Codable {
    /// The order as `ordering` told of it last.
    public var order: OrderSnapshot
    /// The state, by the names of the programme's procedure `redemption`.
    public var state: String
    /// What has been done, by whom and when.
    public var progress = Progress()
    /// The papers as handed in last; nil before the first application.
    public var application: Application?
    /// Papers of a waiver.
    public var waiverPapers: [RedemptionPaper] = []
    /// What the review agency determined; nil before.
    public var amount: Fen?
    /// What was asked of the ledger; nil while nothing was. It is asked once.
    public var settlement: Settlement?
    /// What may be paid: set when the ledger has posted it, and never changed again.
    public var payable: Fen?
    /// What was objected, and what was answered.
    public var objections: [Objection] = []

    /// The order's id, and the redemption's.
    public var id: UUID { order.orderID }

    /// A redemption that has just been opened for an order.
    init(order: OrderSnapshot, state: String) { (self.order, self.state) = (order, state) }
}

/// What has been done with a redemption.
public struct Progress: Sendable, Hashable, Codable {
    /// When each step was last taken.
    public var taken: [String: Date] = [:]
    /// Who last took each step, by the person's reference.
    public var takenBy: [String: String] = [:]
    /// When it was first applied for.
    public var appliedAt: Date?
    /// The days of the public notice.
    public var notice: NoticeDays?
    /// Deadlines whose clock was stopped, by name.
    public var pauses: [String: Pause] = [:]
    /// The deadline that ended it; nil where none did.
    public var lapse: Lapse?
}

/// A deadline's clock that was stopped because the state was left, and started again when it was entered again.
public struct Pause: Sendable, Hashable, Codable {
    /// How much of it had passed: whole days, or hours, in the deadline's own unit.
    public var used: Int
    /// When it was started again; nil while it stands still.
    public var resumedAt: Date?
}

/// The deadline that ended a redemption.
public struct Lapse: Sendable, Hashable, Codable {
    /// Its name.
    public let deadline: String
    /// When it was due.
    public let dueAt: Date
}

/// What was handed in, and what came of it.
public struct Application: Sendable, Hashable, Codable {
    /// The papers.
    public let papers: [RedemptionPaper]
    /// What they say.
    public let facts: RedemptionFacts
    /// The contract as it was recorded when the papers were checked against it.
    public let contract: ContractFacts
    /// How the subsidy comes about.
    public let calculation: [CalculationStep]
    /// What the share of the price comes to, before the contract's and the order's own bounds.
    public let subsidy: Fen
    /// The most that may be determined.
    public let calculated: Fen
    /// What a reviewer should look at.
    public let flags: [RedemptionFlag]
}

/// What was asked of the ledger.
public struct Settlement: Sendable, Hashable, Codable {
    /// The step or deadline, "redemption.notice".
    public let step: String
    /// What is posted; nil where nothing is.
    public let amount: Fen?
    /// When `ordering` told that it was done; nil before.
    public var doneAt: Date?
}

/// An objection to what was in public notice.
public struct Objection: Sendable, Hashable, Codable {
    /// Who objected, by the person's reference.
    public let person: String?
    /// Whom the person stands for.
    public let organisation: UUID?
    /// What was objected.
    public let reason: String
    /// When.
    public let at: Date
    /// What was answered; nil while it is open.
    public var answer: String?
}
