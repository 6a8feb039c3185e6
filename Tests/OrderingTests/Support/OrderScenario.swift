import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import QuotaLedger

/// Decisions without service or database: one enterprise, one institution, one product, and the ledger.
struct OrderScenario {
    var programme: Programme
    var ledger = Ledger()
    var enterprise: EnterpriseCopy
    var product: ProductCopy
    var institution: InstitutionCopy
    var orders: [UUID: Order] = [:]

    init(_ given: Programme? = nil, stock: Int64 = 40, guideHighYuan: Int64 = 100_000) throws {
        let programme = try given ?? TestProgrammes.beijing2026()
        self.programme = programme
        let now = try beijing("2026-03-30")
        enterprise = EnterpriseCopy(
            id: UUID(), programmeID: programme.id, name: "北京某某科技有限公司", creditCode: "91110108MA01ABCD1X", state: "entitled",
            sizeClass: "small", tier: "every-sme", checkedAt: now)
        institution = InstitutionCopy(
            id: UUID(), programmeID: programme.id, name: "某某服务机构", creditCode: "91110108MA01AAAA1R", isAdmitted: true, checkedAt: now)
        product = Self.product(programme.id, institution.id, stock: stock, guideHighYuan: guideHighYuan, at: now)
        openStock()
    }

    static func product(_ programmeID: String, _ institution: UUID, stock: Int64, guideHighYuan: Int64, at: Date) -> ProductCopy {
        ProductCopy(
            id: UUID(), programmeID: programmeID, institutionID: institution, name: "大模型部署服务", category: "llm-applications",
            service: "llm-deployment", guideLow: yuan(100), guideHigh: yuan(guideHighYuan), stockVouchers: stock, state: "listed",
            checkedAt: at)
    }

    /// Sets the product's limit as `ordering` does.
    mutating func openStock() {
        for demand in Deciding.stockAccounts(of: product, in: programme) {
            ledger.setLimit(product.stockVouchers, of: demand.account, cap: demand.cap, unit: demand.unit)
        }
    }

    var buyer: Actor { Actor(person: "p-buyer", organisation: enterprise.id, roles: ["enterprise"]) }
    var seller: Actor { Actor(person: "p-seller", organisation: institution.id, roles: ["institution"]) }

    func deciding(at now: Date) -> Deciding { Deciding(programme: programme, circumstances: Circumstances(now: now)) }

    @discardableResult
    mutating func place(
        _ fen: Fen, at now: Date, by actor: Actor? = nil, firstPlacedOn: CalendarDate? = nil, contact: String = "王女士"
    ) throws -> OrderChange {
        let id = UUID()
        let change = try deciding(at: now).place(
            PlaceOrder(enterpriseID: enterprise.id, productID: product.id, voucherFen: fen, contact: contact), id: id,
            of: Deciding.Subjects(enterprise: enterprise, product: product, institution: institution, firstPlacedOn: firstPlacedOn),
            by: actor ?? buyer, in: &ledger)
        orders[id] = change.order
        return change
    }

    @discardableResult
    mutating func take(_ command: String, _ order: Order, by actor: Actor, at now: Date, reason: String? = nil) throws -> OrderChange {
        let change = try deciding(at: now).take(command, on: orders[order.id] ?? order, by: actor, reason: reason, in: &ledger)
        orders[order.id] = change.order
        return change
    }

    @discardableResult
    mutating func record(_ contract: ContractFacts, _ order: Order, at now: Date) throws -> OrderChange {
        let change = try deciding(at: now).record(contract, on: orders[order.id] ?? order, by: seller, in: &ledger).change
        orders[order.id] = change.order
        return change
    }

    @discardableResult
    mutating func confirm(_ order: Order, of voucher: Fen? = nil, by actor: Actor? = nil, at now: Date) throws -> OrderChange {
        let change = try deciding(at: now).confirm(voucher, on: orders[order.id] ?? order, by: actor ?? buyer, in: &ledger)
        orders[order.id] = change.order
        return change
    }

    @discardableResult
    mutating func dispute(_ order: Order, reason: String = "金额不符", by actor: Actor? = nil, at now: Date) throws -> OrderChange {
        let change = try deciding(at: now).dispute(reason: reason, on: orders[order.id] ?? order, by: actor ?? buyer, in: &ledger)
        orders[order.id] = change.order
        return change
    }

    @discardableResult
    mutating func lapse(_ deadline: String, _ order: Order, dueAt: Date, at now: Date) throws -> OrderChange? {
        let change = try deciding(at: now).lapse(deadline, dueAt: dueAt, of: orders[order.id] ?? order, in: &ledger)
        if let change { orders[order.id] = change.order }
        return change
    }

    @discardableResult
    mutating func settle(_ step: String, _ order: Order, fen: Fen? = nil, by service: String, at now: Date) throws -> OrderChange {
        let change = try deciding(at: now).settle(step, fen: fen, by: service, on: orders[order.id] ?? order, in: &ledger)
        orders[order.id] = change.order
        return change
    }

    /// An order that the institution has accepted.
    mutating func accepted(_ fen: Fen, at now: Date) throws -> Order {
        let order = try place(fen, at: now).order
        try take(Deciding.confirmCredit, order, by: .platform, at: now)
        return try take("accept-order", order, by: seller, at: now).order
    }

    /// A valid contract of an order.
    func contract(_ order: Order, totalYuan: Int64, voucher: Fen, on day: String) throws -> ContractFacts {
        ContractFacts(
            productName: order.product.name, totalFen: yuan(totalYuan), voucherFen: voucher,
            selfPaidFen: try yuan(totalYuan).subtracting(voucher), signedOn: try CalendarDate(day), serviceFrom: try CalendarDate(day),
            isSingleDelivery: true)
    }

    func left(_ cap: String) -> Int64? { ledger.accounts.values.first { $0.cap == cap }?.left }
    func drawn(_ cap: String) -> Int64 { ledger.accounts.values.filter { $0.cap == cap }.reduce(0) { $0 + $1.drawn } }
}

/// An instant from date and time in Beijing.
func beijing(_ date: String, _ time: String = "12:00:00") throws -> Date {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    return BeijingTime.startOfDay(try CalendarDate(date)).addingTimeInterval(Double(parts[0] * 3600 + parts[1] * 60 + parts[2]))
}

func yuan(_ yuan: Int64) -> Fen { Fen(yuan * 100) }

/// The refusal that the work throws; nil if it succeeds. Any other error is rethrown.
func refusal(_ work: () throws -> Void) throws -> Refusal? {
    do {
        try work()
        return nil
    } catch let refusal as Refusal {
        return refusal
    }
}
