import Kernel

/// One thing that somebody does in a season, with one order.
struct Act: Sendable, Hashable {
    /// What is done.
    enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
        case accept, decline, cancel
        case contract, confirmContract, complete, rate
        case waive, apply, returnPapers, resubmit, determine, decide, reject, publish
        case object, answer, uphold
        case reportRefund, receiveRefund
        case place

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        /// Acts of one group on one day are played together. What frees vouchers or quota comes before what takes them, so that no total hangs
        /// on who was faster.
        var group: Group {
            switch self {
            case .contract, .confirmContract: .contracts
            case .rate, .receiveRefund, .place: .last
            default: .first
            }
        }
    }

    /// The parts of a day, in their order.
    enum Group: Int, Sendable, Hashable, Comparable {
        case first, contracts, last

        static func < (left: Group, right: Group) -> Bool { left.rawValue < right.rawValue }
    }

    /// What is done one after another within a group.
    enum Chain: Hashable {
        /// Orders for one product, so that the plan and not chance says who gets its last voucher.
        case product(Int)
        /// Contracts of one enterprise, so that chance does not say for which of them its quota is enough.
        case enterprise(Int)
        case order(Int)
    }

    /// What is done.
    let kind: Kind
    /// The order's number in the play.
    let order: Int
    /// Whether the papers are those with the planned mistake.
    var isMistaken = false
}

/// Who does what on which day.
struct Agenda: Sendable {
    private var days: [CalendarDate: [Act.Group: [Act]]] = [:]

    /// How many acts are still to be played.
    private(set) var count = 0

    mutating func add(_ act: Act, on day: CalendarDate) {
        days[day, default: [:]][act.kind.group, default: []].append(act)
        count += 1
    }

    /// The first day with something on it.
    var nextDay: CalendarDate? { days.keys.min() }

    /// Takes the next acts of that day off the agenda: all of one group, in the order of their orders; nil when there are no more.
    mutating func take(on day: CalendarDate) -> [Act]? {
        guard let group = days[day]?.keys.min(), let acts = days[day]?.removeValue(forKey: group) else {
            days[day] = nil
            return nil
        }
        count -= acts.count
        return acts.sorted { $0.order < $1.order }
    }
}
