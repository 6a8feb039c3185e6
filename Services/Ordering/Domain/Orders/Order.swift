public import Foundation
public import Kernel
public import Messages

/// An order as `ordering` keeps it.
public struct Order: Sendable, Hashable {
    /// A party, as it was called when the order was placed.
    public struct Party: Sendable, Hashable {
        /// The organisation.
        public let id: UUID
        /// Its name then.
        public let name: String
        /// Its unified social credit code as it was told last; nil where it was not told yet.
        public let creditCode: String?

        /// A party.
        public init(id: UUID, name: String, creditCode: String?) { (self.id, self.name, self.creditCode) = (id, name, creditCode) }
    }

    /// The product, as it was when the order was placed.
    public struct Product: Sendable, Hashable {
        /// The product.
        public let id: UUID
        /// Its name then.
        public let name: String
        /// Its category.
        public let category: String
        /// Its kind of service.
        public let service: String?
        /// The guide price's lower end then.
        public let guideLow: Fen
        /// The guide price's upper end then.
        public let guideHigh: Fen

        /// A product as it was.
        public init(id: UUID, name: String, category: String, service: String?, guideLow: Fen, guideHigh: Fen) {
            (self.id, self.name, self.category, self.service) = (id, name, category, service)
            (self.guideLow, self.guideHigh) = (guideLow, guideHigh)
        }
    }

    /// The order.
    public let id: UUID
    /// The programme it was placed under.
    public let programmeID: String
    /// Its version, for the order's whole life.
    public let programmeVersion: Int
    /// The city's division, part of the order's number.
    public let city: String
    /// The enterprise.
    public let enterprise: Party
    /// Its tier when the order was placed.
    public let tier: String
    /// The institution.
    public let institution: Party
    /// The product.
    public let product: Product
    /// The person to talk to at the enterprise.
    public let contact: String
    /// When it was placed.
    public let placedAt: Date
    /// The day of the enterprise's first order for this product (IN-08).
    public var firstPlacedOn: CalendarDate
    /// The voucher's amount that the order holds: as ordered, then as the contract has it, as far as the enterprise has agreed to it.
    public var voucher: Fen
    /// Its state, by the programme's names.
    public var state: String
    /// What was done with it so far.
    public var progress: Progress
    /// The state of its redemption as it was told last, by the names of the programme's procedure `redemption`; nil where none was told.
    public var redemptionState: String?

    /// An order.
    public init(
        id: UUID, programmeID: String, programmeVersion: Int, city: String, enterprise: Party, tier: String, institution: Party,
        product: Product, contact: String, placedAt: Date, firstPlacedOn: CalendarDate, voucher: Fen, state: String,
        progress: Progress = Progress(), redemptionState: String? = nil
    ) {
        (self.id, self.programmeID, self.programmeVersion, self.city) = (id, programmeID, programmeVersion, city)
        (self.enterprise, self.tier, self.institution, self.product) = (enterprise, tier, institution, product)
        (self.contact, self.placedAt, self.firstPlacedOn, self.voucher) = (contact, placedAt, firstPlacedOn, voucher)
        (self.state, self.progress, self.redemptionState) = (state, progress, redemptionState)
    }

    /// The most voucher that the enterprise has agreed to: what it ordered, or what it has confirmed since.
    var agreedVoucher: Fen { progress.confirmedVoucher ?? progress.orderedVoucher ?? voucher }
    /// The day it was placed, in Beijing.
    public var placedOn: CalendarDate { (try? BeijingTime.date(at: placedAt)) ?? firstPlacedOn }
    /// Its number, for people and papers.
    public var number: String { OrderNumber.text(city: city, day: placedOn, id: id) }
}

/// What was done with an order so far.
public struct Progress: Sendable, Hashable, Codable {
    /// A deadline that passed, and when it did.
    public struct Lapse: Sendable, Hashable, Codable {
        /// The deadline, by the programme's name.
        public let deadline: String
        /// When it ended.
        public let dueAt: Date

        /// A deadline that passed.
        public init(deadline: String, dueAt: Date) { (self.deadline, self.dueAt) = (deadline, dueAt) }
    }

    /// When each step was last taken.
    public var taken: [String: Date] = [:]
    /// Who took it, by reference; steps of the platform stand in none.
    public var takenBy: [String: String] = [:]
    /// The deadline that ended it, where one did.
    public var lapse: Lapse?
    /// The step elsewhere that last did something to its reservations, `redemption.notice`.
    public var settled: String?
    /// What the contract says.
    public var contract: ContractFacts?
    /// The voucher's amount as it was ordered; nil before a contract.
    public var orderedVoucher: Fen?
    /// The greater amount that the enterprise has confirmed; nil where it confirmed none, or has disputed the contract since.
    public var confirmedVoucher: Fen?
    /// What the contract takes and the enterprise has not agreed to yet.
    public var pendingVoucher: Fen?
    /// Why the enterprise disputes the contract; nil where it does not.
    public var dispute: String?
    /// The stars given.
    public var stars: Int?
    /// What was said with them.
    public var comment: String?

    /// Nothing done.
    public init() {}
}
