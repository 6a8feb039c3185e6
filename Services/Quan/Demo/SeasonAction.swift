import Kernel

/// One action of a participant on one order of a season.
struct SeasonAction: Sendable, Hashable {
    /// The kind of action.
    enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
        case accept, decline, cancel
        case contract, confirmContract, complete, rate
        case waive, apply, returnPapers, resubmit, determine, decide, reject, publish
        case object, answer, uphold
        case reportRefund, receiveRefund
        case place

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        /// Actions of one group on one day run concurrently. Those that release vouchers or quota run before those that use them, so that
        /// no total depends on timing.
        var group: Group {
            switch self {
            case .contract, .confirmContract: .contracts
            case .rate, .receiveRefund, .place: .last
            default: .first
            }
        }
    }

    /// The groups of a day, in the order in which they run.
    enum Group: Int, Sendable, Hashable, Comparable {
        case first, contracts, last

        static func < (left: Group, right: Group) -> Bool { left.rawValue < right.rawValue }
    }

    /// Identifies the actions of a group that run one after another.
    enum Chain: Hashable {
        /// Orders for one product, so that the plan and not timing decides which order gets the last voucher.
        case product(Int)
        /// Contracts of one enterprise, so that timing does not decide which of them its quota covers.
        case enterprise(Int)
        case order(Int)
    }

    /// The kind of action.
    let kind: Kind
    /// The index of the order in the run.
    let order: Int
    /// Whether the submitted papers contain the planned defect.
    var isDefective = false
}

/// The pending actions by day.
struct Agenda: Sendable {
    private var days: [CalendarDate: [SeasonAction.Group: [SeasonAction]]] = [:]

    /// The number of pending actions.
    private(set) var count = 0

    mutating func add(_ action: SeasonAction, on day: CalendarDate) {
        days[day, default: [:]][action.kind.group, default: []].append(action)
        count += 1
    }

    /// The first day with a pending action.
    var nextDay: CalendarDate? { days.keys.min() }

    /// Removes and returns the next group of actions of that day, sorted by order; nil if there is none.
    mutating func take(on day: CalendarDate) -> [SeasonAction]? {
        guard let group = days[day]?.keys.min(), let actions = days[day]?.removeValue(forKey: group) else {
            days[day] = nil
            return nil
        }
        count -= actions.count
        return actions.sorted { $0.order < $1.order }
    }
}
