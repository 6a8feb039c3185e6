import Foundation
import Kernel
import Season

/// One order of the play, as far as the players know it.
struct Scene: Sendable {
    /// What is to become of it.
    let plot: OrderPlot
    /// Its place in the play.
    let index: Int
    /// Its id; nil until it is placed.
    var orderID: UUID?
    /// Its number on papers.
    var number = ""
    /// The day it was placed.
    var placedOn: CalendarDate
    /// The day of the enterprise's first order for the product.
    var firstPlacedOn: CalendarDate
    /// What is reserved for it.
    var voucher = Fen.zero
    /// The contract, once signed.
    var contractedOn: CalendarDate?
    /// What the contract takes and the enterprise has not confirmed.
    var pending: Fen?
    /// What the agency determined.
    var determined: Fen?
    /// The last thing that was done with it.
    var last: Act.Kind?
    /// What pays it.
    var disbursementID: UUID?

    init(_ plot: OrderPlot, index: Int) {
        self.plot = plot
        self.index = index
        placedOn = plot.day
        firstPlacedOn = plot.day
    }
}

/// What comes after an act, when it has succeeded or was refused.
enum Plotline {
    /// The last day for applying for redemption in the season.
    static let lastDayOfClaims = CalendarDate.known("2026-09-21")

    /// What follows, each with its day.
    static func after(_ act: Act, succeeded: Bool, _ scene: Scene, on day: CalendarDate) -> [(act: Act, day: CalendarDate)] {
        let next = Next(act: act, day: day)
        guard succeeded else {
            // A mistake in the papers is mended a day later; nobody insists after any other refusal.
            return act.isMistaken ? [next.again(afterDays: 1)] : []
        }
        let plot = scene.plot
        switch act.kind {
        case .place: return decision(plot, next)
        case .accept:
            guard let days = plot.contractAfterDays else { return [] }
            return [next.then(.contract, afterDays: days, isMistaken: plot.mishap?.isOfContract ?? false)]
        case .contract where scene.pending != nil: return [next.then(.confirmContract, afterDays: 0)]
        case .contract, .confirmContract: return completion(plot, next) + claim(plot, next)
        case .complete: return plot.stars == nil ? [] : [next.then(.rate, afterDays: 0)]
        case .apply, .resubmit:
            if plot.review == .returned, act.kind == .apply { return [next.then(.returnPapers, afterDays: 2)] }
            return [next.then(.determine, afterDays: 2)]
        case .returnPapers: return [next.then(.resubmit, afterDays: 3)]
        case .determine: return [next.then(plot.review == .rejected ? .reject : .decide, afterDays: 1)]
        case .decide: return [next.then(.publish, afterDays: 1)]
        case .publish: return plot.objection == .none ? [] : [next.then(.object, afterDays: 2)]
        case .object: return [next.then(plot.objection == .upheld ? .uphold : .answer, afterDays: 1)]
        case .reportRefund: return [next.then(.receiveRefund, afterDays: 3)]
        case .decline, .cancel, .rate, .waive, .reject, .answer, .uphold, .receiveRefund: return []
        }
    }

    private static func decision(_ plot: OrderPlot, _ next: Next) -> [(act: Act, day: CalendarDate)] {
        switch plot.decision {
        case .accept: [next.then(.accept, afterDays: plot.decisionAfterDays)]
        case .decline: [next.then(.decline, afterDays: plot.decisionAfterDays)]
        case .cancel: [next.then(.cancel, afterDays: plot.decisionAfterDays)]
        case .silence: []
        }
    }

    private static func completion(_ plot: OrderPlot, _ next: Next) -> [(act: Act, day: CalendarDate)] {
        plot.stars == nil ? [] : [next.then(.complete, afterDays: plot.claimAfterDays)]
    }

    private static func claim(_ plot: OrderPlot, _ next: Next) -> [(act: Act, day: CalendarDate)] {
        switch plot.claim {
        case .apply:
            [
                next.then(
                    .apply, afterDays: plot.claimAfterDays, notPast: lastDayOfClaims,
                    isMistaken: plot.mishap.map { !$0.isOfContract } ?? false)
            ]
        case .waive: [next.then(.waive, afterDays: plot.claimAfterDays, notPast: lastDayOfClaims)]
        case .silence: []
        case .late: [(Act(kind: .apply, order: next.act.order), CalendarDate.known("2026-09-22"))]
        }
    }

    /// Reckons days from an act.
    private struct Next {
        let act: Act
        let day: CalendarDate

        func then(
            _ kind: Act.Kind, afterDays days: Int, notPast last: CalendarDate? = nil, isMistaken: Bool = false
        ) -> (act: Act, day: CalendarDate) {
            let then = Season.busyDay(from: day.later(by: days))
            return (Act(kind: kind, order: act.order, isMistaken: isMistaken), last.map { min($0, then) } ?? then)
        }

        func again(afterDays days: Int) -> (act: Act, day: CalendarDate) { then(act.kind, afterDays: days, notPast: lastDayIfClaim) }

        private var lastDayIfClaim: CalendarDate? { act.kind == .apply ? Plotline.lastDayOfClaims : nil }
    }
}

extension CalendarDate {
    /// A day written in the source.
    static func known(_ text: String) -> CalendarDate {
        guard let day = try? CalendarDate(text) else { preconditionFailure("\(text) is no day") }
        return day
    }

    /// So many days later; the day itself at the end of all days.
    func later(by days: Int) -> CalendarDate { (try? adding(days: days)) ?? self }
}
