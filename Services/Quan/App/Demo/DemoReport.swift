import Foundation
import Kernel
import Messages
import Season

/// What came of a season, from three sources that know nothing of each other: what the players sent and were told, what the databases hold,
/// and what the bank's statement says.
struct DemoReport: Codable, Sendable {
    struct Orders: Codable, Sendable, Hashable {
        var placed = 0
        var refused = 0
        var accepted = 0
        var declined = 0
        var expired = 0
        var completed = 0
    }

    struct Money: Codable, Sendable, Hashable {
        var budget: Int64 = 0
        var reserved: Int64 = 0
        var released: Int64 = 0
        var redeemed: Int64 = 0
        var paid: Int64 = 0
        var returned: Int64 = 0
    }

    struct Contention: Codable, Sendable {
        /// The greatest number of requests that were under way at one time.
        var maxInFlight = 0
        /// Waits for a lock in the services' databases; see `LockWaits` for what is counted.
        var lockWaits = 0

        enum CodingKeys: String, CodingKey {
            case maxInFlight = "max_in_flight"
            case lockWaits = "lock_waits"
        }
    }

    /// What was killed in the middle of the season, and when.
    struct Killed: Codable, Sendable {
        let part: String
        /// What was under way.
        let during: Interruption.Moment
        /// The season's day.
        let day: String
        /// How many acts had been answered before, and how many after.
        let actsBefore: Int
        let actsAfter: Int
        /// The process that was killed, and the one that took its place.
        let pidBefore: Int32
        let pidAfter: Int32

        enum CodingKeys: String, CodingKey {
            case part, during, day
            case actsBefore = "acts_before"
            case actsAfter = "acts_after"
            case pidBefore = "pid_before"
            case pidAfter = "pid_after"
        }
    }

    var seed: UInt64
    var seconds: Double = 0
    var orders = Orders()
    var refusals: [String: Tally.Refused] = [:]
    var moneyFen = Money()
    var contention = Contention()
    var ledgerOK = false
    var auditOK = false
    var lost = 0
    var duplicated = 0
    var stuck = 0
    /// Only where something was to be killed: each part.
    var killed: [Killed]?

    enum CodingKeys: String, CodingKey {
        case seed, seconds, orders, refusals, contention, lost, duplicated, stuck, killed
        case moneyFen = "money_fen"
        case ledgerOK = "ledger_ok"
        case auditOK = "audit_ok"
    }

    /// Whether the season went as public money must.
    var isClean: Bool { ledgerOK && auditOK && lost == 0 && duplicated == 0 && stuck == 0 }
}

/// What the databases hold in the end.
struct Holdings: Sendable {
    var orders: [OrderSnapshot] = []
    var redemptions: [RedemptionSnapshot] = []
    var disbursements: [DisbursementSnapshot] = []
    var ledger: LedgerReport?
    var parked = 0
}

/// A booking on the bank's statement.
struct BankBooking: Sendable, Hashable {
    /// The instruction it was booked for, as 32 hexadecimal digits.
    let instruction: String
    let amountFen: Int64
}

/// Holds the three sources against each other.
struct Comparison: Sendable {
    private(set) var lost: [String] = []
    private(set) var duplicated: [String] = []
    private(set) var stuck: [String] = []

    /// States in which an order may be when the season is over.
    private static let ended: Set<String> = [
        "refused", "declined", "expired", "cancelled", "lapsed", "contracted", "completed", "rated",
    ]
    private static let redemptionEnded: Set<String> = ["approved", "refused", "waived"]
    private static let paymentEnded: Set<String> = ["paid", "returned"]

    init(_ result: SeasonPlay.Result, _ holdings: Holdings, _ bookings: [BankBooking]) {
        compareOrders(result.scenes, holdings.orders)
        comparePayments(holdings, bookings)
        stuck += (0..<result.tally.unanswered).map { "request \($0) without an answer" }
        stuck += (0..<holdings.parked).map { "parked message \($0)" }
        stuck += holdings.orders.filter { !Self.ended.contains($0.state) }.map { "order \($0.number) in \($0.state)" }
        stuck += holdings.redemptions.filter { !Self.redemptionEnded.contains($0.state) }.map {
            "redemption \($0.orderNumber) in \($0.state)"
        }
        stuck += holdings.disbursements.filter { !Self.paymentEnded.contains($0.state) }.map {
            "disbursement \($0.disbursementID) in \($0.state)"
        }
    }

    private mutating func compareOrders(_ scenes: [Scene], _ orders: [OrderSnapshot]) {
        let told = Dictionary(grouping: scenes.compactMap(\.orderID)) { $0 }
        let held = Dictionary(grouping: orders, by: \.orderID)
        lost += told.keys.filter { held[$0] == nil }.map { "order \($0) was placed and is not there" }
        duplicated += held.filter { $0.value.count > 1 || told[$0.key] == nil }.map {
            "order \($0.key) is there and was not placed, or twice"
        }
        for scene in scenes {
            guard let id = scene.orderID, let order = held[id]?.first, let last = scene.last else { continue }
            if !Self.agrees(order.state, last) { lost.append("order \(order.number): \(last) was done, it stands in \(order.state)") }
        }
    }

    /// Whether a state can be that of an order with which that was done last.
    private static func agrees(_ state: String, _ last: Act.Kind) -> Bool {
        switch last {
        case .place: ["refused", "expired"].contains(state)
        case .accept: state == "lapsed"
        case .decline: state == "declined"
        case .cancel: state == "cancelled"
        default: ["contracted", "completed", "rated", "lapsed"].contains(state)
        }
    }

    private mutating func comparePayments(_ holdings: Holdings, _ bookings: [BankBooking]) {
        let approved = holdings.redemptions.filter { $0.state == "approved" }
        let byOrder = Dictionary(grouping: holdings.disbursements, by: \.orderID)
        lost += approved.filter { byOrder[$0.orderID] == nil }.map { "redemption \($0.orderNumber) is approved and has no disbursement" }
        duplicated += byOrder.filter { $0.value.count > 1 }.map { "order \($0.key) has \($0.value.count) disbursements" }
        let booked = Dictionary(grouping: bookings, by: \.instruction)
        var known: Set<String> = []
        for paid in holdings.disbursements where Self.paymentEnded.contains(paid.state) || paid.state == "return-due" {
            let instruction = paid.instructionID.map { $0.uuidString.lowercased().replacing("-", with: "") } ?? ""
            known.insert(instruction)
            let amounts = booked[instruction]?.map(\.amountFen) ?? []
            if amounts.isEmpty { lost.append("disbursement \(paid.disbursementID) is paid and the bank knows nothing of it") }
            if amounts.count > 1 { duplicated.append("disbursement \(paid.disbursementID) is booked \(amounts.count) times") }
            if let amount = amounts.first, amount != paid.amountFen.rawValue {
                lost.append("disbursement \(paid.disbursementID): \(paid.amountFen.rawValue) fen here, \(amount) at the bank")
            }
        }
        duplicated += booked.keys.filter { !known.contains($0) }.map { "the bank has booked \($0), which is not paid here" }
    }
}
