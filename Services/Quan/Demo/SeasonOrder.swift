import Foundation
import Kernel
import Season

/// An order of the season, as far as the participants know it.
struct SeasonOrder: Sendable {
    /// The planned course of the order.
    let scenario: OrderScenario
    /// The index of the order in the run.
    let index: Int
    /// Its id; nil until it is placed.
    var orderID: UUID?
    /// Its order number, as printed on papers.
    var number = ""
    /// The day it was placed.
    var placedOn: CalendarDate
    /// The day of the enterprise's first order for the product.
    var firstPlacedOn: CalendarDate
    /// The reserved voucher amount.
    var voucher = Fen.zero
    /// The day the contract was signed; nil before.
    var contractedOn: CalendarDate?
    /// The voucher amount of the contract that the enterprise has not confirmed; nil if there is none.
    var pending: Fen?
    /// The amount determined by the agency; nil before.
    var determined: Fen?
    /// The last action that succeeded.
    var last: SeasonAction.Kind?
    /// The id of its disbursement; nil before the refund step.
    var disbursementID: UUID?

    init(_ scenario: OrderScenario, index: Int) {
        self.scenario = scenario
        self.index = index
        placedOn = scenario.day
        firstPlacedOn = scenario.day
    }
}

/// The actions that follow an action that succeeded or was refused.
enum FollowUps {
    /// The last day of the season for an application for redemption.
    static let lastApplicationDay = CalendarDate.known("2026-09-21")

    /// The following actions, each with its day.
    static func after(_ action: SeasonAction, succeeded: Bool, _ order: SeasonOrder, on day: CalendarDate) -> [(
        action: SeasonAction, day: CalendarDate
    )] {
        let next = Next(action: action, day: day)
        guard succeeded else {
            // Defective papers are corrected a day later; any other refusal ends the order.
            return action.isDefective ? [next.again(afterDays: 1)] : []
        }
        let scenario = order.scenario
        switch action.kind {
        case .place: return decision(scenario, next)
        case .accept:
            guard let days = scenario.contractAfterDays else { return [] }
            return [next.then(.contract, afterDays: days, isDefective: scenario.defect?.isOfContract ?? false)]
        case .contract where order.pending != nil: return [next.then(.confirmContract, afterDays: 0)]
        case .contract, .confirmContract: return completion(scenario, next) + claim(scenario, next)
        case .complete: return scenario.stars == nil ? [] : [next.then(.rate, afterDays: 0)]
        case .apply, .resubmit:
            if scenario.review == .returned, action.kind == .apply { return [next.then(.returnPapers, afterDays: 2)] }
            return [next.then(.determine, afterDays: 2)]
        case .returnPapers: return [next.then(.resubmit, afterDays: 3)]
        case .determine: return [next.then(scenario.review == .rejected ? .reject : .decide, afterDays: 1)]
        case .decide: return [next.then(.publish, afterDays: 1)]
        case .publish: return scenario.objection == .none ? [] : [next.then(.object, afterDays: 2)]
        case .object: return [next.then(scenario.objection == .upheld ? .uphold : .answer, afterDays: 1)]
        case .reportRefund: return [next.then(.receiveRefund, afterDays: 3)]
        case .decline, .cancel, .rate, .waive, .reject, .answer, .uphold, .receiveRefund: return []
        }
    }

    private static func decision(_ scenario: OrderScenario, _ next: Next) -> [(action: SeasonAction, day: CalendarDate)] {
        switch scenario.decision {
        case .accept: [next.then(.accept, afterDays: scenario.decisionAfterDays)]
        case .decline: [next.then(.decline, afterDays: scenario.decisionAfterDays)]
        case .cancel: [next.then(.cancel, afterDays: scenario.decisionAfterDays)]
        case .none: []
        }
    }

    private static func completion(_ scenario: OrderScenario, _ next: Next) -> [(action: SeasonAction, day: CalendarDate)] {
        scenario.stars == nil ? [] : [next.then(.complete, afterDays: scenario.claimAfterDays)]
    }

    private static func claim(_ scenario: OrderScenario, _ next: Next) -> [(action: SeasonAction, day: CalendarDate)] {
        switch scenario.claim {
        case .apply:
            [
                next.then(
                    .apply, afterDays: scenario.claimAfterDays, notPast: lastApplicationDay,
                    isDefective: scenario.defect.map { !$0.isOfContract } ?? false)
            ]
        case .waive: [next.then(.waive, afterDays: scenario.claimAfterDays, notPast: lastApplicationDay)]
        case .none: []
        case .late: [(SeasonAction(kind: .apply, order: next.action.order), CalendarDate.known("2026-09-22"))]
        }
    }

    /// Computes the days of actions that follow an action.
    private struct Next {
        let action: SeasonAction
        let day: CalendarDate

        func then(
            _ kind: SeasonAction.Kind, afterDays days: Int, notPast last: CalendarDate? = nil, isDefective: Bool = false
        ) -> (action: SeasonAction, day: CalendarDate) {
            let then = Season.busyDay(from: day.later(by: days))
            return (SeasonAction(kind: kind, order: action.order, isDefective: isDefective), last.map { min($0, then) } ?? then)
        }

        func again(afterDays days: Int) -> (action: SeasonAction, day: CalendarDate) {
            then(action.kind, afterDays: days, notPast: lastDayIfClaim)
        }

        private var lastDayIfClaim: CalendarDate? { action.kind == .apply ? FollowUps.lastApplicationDay : nil }
    }
}

extension CalendarDate {
    /// A valid day, given as a constant.
    static func known(_ text: String) -> CalendarDate {
        guard let day = try? CalendarDate(text) else { preconditionFailure("\(text) is not a valid day") }
        return day
    }

    /// The day `days` later; the day itself if that is out of range.
    func later(by days: Int) -> CalendarDate { (try? adding(days: days)) ?? self }
}
