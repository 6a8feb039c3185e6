public import Foundation
public import Kernel
public import Programme

/// What is known of an order whose redemption may come to be paid. A disbursement is opened once both the redemption is approved and ordering's
/// ledger has posted it: nothing is paid that no cap holds.
public struct Opening: Sendable, Hashable {
    /// What only ordering tells of the order.
    public struct OrderFacts: Sendable, Hashable {
        /// The programme the order was placed under.
        public let programmeID: String
        /// Its version.
        public let programmeVersion: Int
        /// The institution that is paid.
        public let institutionID: UUID
        /// Its name when the order was placed.
        public let institutionName: String

        /// Facts of an order.
        public init(programmeID: String, programmeVersion: Int, institutionID: UUID, institutionName: String) {
            self.programmeID = programmeID
            self.programmeVersion = programmeVersion
            self.institutionID = institutionID
            self.institutionName = institutionName
        }
    }

    /// The order.
    public let orderID: UUID
    /// Told by ordering when it has posted what is paid; nil before.
    public var posted: OrderFacts?
    /// The state of the redemption, by the names of the procedure `redemption`; nil before anything was heard of it.
    public var redemptionState: String?
    /// What the redemption was approved for.
    public var amountFen: Fen?

    /// An order of which that is known.
    public init(orderID: UUID, posted: OrderFacts? = nil, redemptionState: String? = nil, amountFen: Fen? = nil) {
        self.orderID = orderID
        self.posted = posted
        self.redemptionState = redemptionState
        self.amountFen = amountFen
    }

    /// The disbursement that is due now; nil as long as something is missing, by the programme's step of the command `open-payout`.
    public func disbursement(in programme: Programme, at now: Date) -> (Disbursement, Step)? {
        guard let posted, let amountFen, amountFen > .zero, let redemptionState else { return nil }
        let states = ["redemption": redemptionState]
        guard
            let step = try? programme.step(
                procedure: Disbursement.procedure, command: "open-payout", state: Procedure.start, roles: Actor.platform.roles,
                otherStates: states),
            programme.refusals(before: step, otherStates: states, Circumstances(now: now)).isEmpty, let state = step.to
        else { return nil }
        return (Disbursement(opening: self, facts: posted, amountFen: amountFen, state: state, at: now), step)
    }
}
