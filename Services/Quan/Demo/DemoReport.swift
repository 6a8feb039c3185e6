import Foundation
import Kernel
import Messages
import Season

/// The result of a season, from three independent sources: the participants' requests and answers, the databases, and the bank's statement.
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
        /// The maximum number of concurrent requests.
        var maxInFlight = 0
        /// Waits for a lock in the services' databases, as `LockWaits` counts them.
        var lockWaits = 0

        enum CodingKeys: String, CodingKey {
            case maxInFlight = "max_in_flight"
            case lockWaits = "lock_waits"
        }
    }

    /// A part of the installation that was killed during the season, and when.
    struct Killed: Codable, Sendable {
        let part: String
        /// The moment of the season at which it was killed.
        let during: Interruption.Moment
        /// The season's day.
        let day: String
        /// The number of actions answered before it was killed, and after.
        let actionsBefore: Int
        let actionsAfter: Int
        /// The killed process, and the one started in its place.
        let pidBefore: Int32
        let pidAfter: Int32

        enum CodingKeys: String, CodingKey {
            case part, during, day
            case actionsBefore = "acts_before"
            case actionsAfter = "acts_after"
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
    /// The killed parts; nil if none was to be killed.
    var killed: [Killed]?

    enum CodingKeys: String, CodingKey {
        case seed, seconds, orders, refusals, contention, lost, duplicated, stuck, killed
        case moneyFen = "money_fen"
        case ledgerOK = "ledger_ok"
        case auditOK = "audit_ok"
    }

    /// Whether nothing was lost, duplicated or stuck, and ledger and audit trails are consistent.
    var isClean: Bool { ledgerOK && auditOK && lost == 0 && duplicated == 0 && stuck == 0 }
}

/// What the databases contain after the season.
struct StoredRecords: Sendable {
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

/// Compares the three sources of a season.
struct Comparison: Sendable {
    private(set) var lost: [String] = []
    private(set) var duplicated: [String] = []
    private(set) var stuck: [String] = []

    /// The states in which an order may be after the season.
    private static let ended: Set<String> = [
        "refused", "declined", "expired", "cancelled", "lapsed", "contracted", "completed", "rated",
    ]
    private static let redemptionEnded: Set<String> = ["approved", "refused", "waived"]
    private static let paymentEnded: Set<String> = ["paid", "returned"]

    init(_ result: SeasonRunner.Result, _ stored: StoredRecords, _ bookings: [BankBooking]) {
        compareOrders(result.orders, stored.orders)
        comparePayments(stored, bookings)
        stuck += (0..<result.tally.unanswered).map { "request \($0) without an answer" }
        stuck += (0..<stored.parked).map { "parked message \($0)" }
        stuck += stored.orders.filter { !Self.ended.contains($0.state) }.map { "order \($0.number) in \($0.state)" }
        stuck += stored.redemptions.filter { !Self.redemptionEnded.contains($0.state) }.map {
            "redemption \($0.orderNumber) in \($0.state)"
        }
        stuck += stored.disbursements.filter { !Self.paymentEnded.contains($0.state) }.map {
            "disbursement \($0.disbursementID) in \($0.state)"
        }
    }

    private mutating func compareOrders(_ placed: [SeasonOrder], _ stored: [OrderSnapshot]) {
        let answered = Dictionary(grouping: placed.compactMap(\.orderID)) { $0 }
        let storedByID = Dictionary(grouping: stored, by: \.orderID)
        lost += answered.keys.filter { storedByID[$0] == nil }.map { "order \($0) was placed but is not stored" }
        duplicated += storedByID.filter { $0.value.count > 1 || answered[$0.key] == nil }.map {
            "order \($0.key) is stored but was not placed, or is stored twice"
        }
        for expected in placed {
            guard let id = expected.orderID, let order = storedByID[id]?.first, let last = expected.last else { continue }
            if !Self.agrees(order.state, last) { lost.append("order \(order.number): \(last) was done, but its state is \(order.state)") }
        }
    }

    /// Whether an order may be in this state after its last action.
    private static func agrees(_ state: String, _ last: SeasonAction.Kind) -> Bool {
        switch last {
        case .place: ["refused", "expired"].contains(state)
        case .accept: state == "lapsed"
        case .decline: state == "declined"
        case .cancel: state == "cancelled"
        default: ["contracted", "completed", "rated", "lapsed"].contains(state)
        }
    }

    private mutating func comparePayments(_ stored: StoredRecords, _ bookings: [BankBooking]) {
        let approved = stored.redemptions.filter { $0.state == "approved" }
        let byOrder = Dictionary(grouping: stored.disbursements, by: \.orderID)
        lost += approved.filter { byOrder[$0.orderID] == nil }.map { "redemption \($0.orderNumber) is approved and has no disbursement" }
        duplicated += byOrder.filter { $0.value.count > 1 }.map { "order \($0.key) has \($0.value.count) disbursements" }
        let booked = Dictionary(grouping: bookings, by: \.instruction)
        var known: Set<String> = []
        for paid in stored.disbursements where Self.paymentEnded.contains(paid.state) || paid.state == "return-due" {
            let instruction = paid.instructionID.map { $0.uuidString.lowercased().replacing("-", with: "") } ?? ""
            known.insert(instruction)
            let amounts = booked[instruction]?.map(\.amountFen) ?? []
            if amounts.isEmpty { lost.append("disbursement \(paid.disbursementID) is paid but not booked by the bank") }
            if amounts.count > 1 { duplicated.append("disbursement \(paid.disbursementID) is booked \(amounts.count) times") }
            if let amount = amounts.first, amount != paid.amountFen.rawValue {
                lost.append("disbursement \(paid.disbursementID): \(paid.amountFen.rawValue) fen here, \(amount) at the bank")
            }
        }
        duplicated += booked.keys.filter { !known.contains($0) }.map { "the bank has booked \($0), which is not a paid disbursement" }
    }
}
