import Foundation
import Kernel
import Procedures
import Programme
import QuotaLedger

/// The procedure engine alone decides `order.place` of beijing-2026: checks, rules, computations and four caps, without messages and database.
struct StepDecisions: Benchmark {
    let name = "step_decisions_per_second"
    let unit = "decisions/s"
    let summary = "the procedure engine alone: order.place of beijing-2026 with its checks, rules and caps, one thread"
    let baseline = "pgbench with the reads and writes of an order, one transaction an order, best of 1, 8 and 32 clients"
    let goal = Goal.ratioAtLeast(20)

    struct Fixture: Sendable {
        let desk: OrderDesk
        let orders: PlaceOrders.Fixture
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        Fixture(desk: try OrderDesk(), orders: try await PlaceOrders().prepare(environment))
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let begin = ContinuousClock.now
        let duration = Duration.seconds(environment.size.seconds)
        var decided = 0
        while ContinuousClock.now - begin < duration { decided += try fixture.desk.placeOrders() }
        return Double(decided) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        try await PlaceOrders().measureBaseline(fixture.orders, on: environment)
    }

    func tearDown(_ fixture: Fixture) async { await PlaceOrders().tearDown(fixture.orders) }
}

/// A listed product and an enterprise with its quota, whose orders the engine decides.
struct OrderDesk: Sendable {
    private let engine: ProcedureEngine
    private let cases: KnownCases
    private let enterprise: UUID
    private let product: UUID
    private let now: Date
    /// The ids of the orders, as they come with the commands.
    private let orders: [UUID]
    /// As many as a batch of the service has under load.
    private static let ordersAtOnce = 100

    /// Plays the beginning of an order's life in memory.
    init() throws {
        now = Date()
        engine = ProcedureEngine(try OrderProgramme.source(on: now).load().programme)
        enterprise = UUID()
        orders = (0..<Self.ordersAtOnce).map { _ in UUID() }
        var registration = ProcedureRecord(id: UUID(), procedure: "registration", state: "entitled", parties: ["enterprise": enterprise])
        registration.fields = Facts().with("enterprise", "name", .text("甲公司")).with("enterprise", "tier", .text("every-sme"))
            .with("enterprise", "sizeClass", .text("small")).with("enterprise", "creditCode", .text("91110000600037341L"))
        product = UUID()
        var listed = ProcedureRecord(id: product, procedure: "product", state: "listed", parties: ["institution": UUID()])
        listed.fields = Facts().with("product", "name", .text("能源审计")).with("product", "category", .text("energy-audit"))
            .with("product", "guideLow", .amount(Fen(8_000_000))).with("product", "guideHigh", .amount(Fen(12_000_000)))
            .with("product", "institutionName", .text("乙机构")).with("product", "vouchers", .count(1000))
        cases = KnownCases(registration: ProcedureCase(registration), product: ProcedureCase(listed))
    }

    /// Decides orders of one fen, on a ledger of their own, and returns how many.
    func placeOrders() throws -> Int {
        var ledger = Ledger()
        let actor = StepActor(person: enterprise, organisation: enterprise, roles: ["enterprise"])
        let fields = Facts().with("order", "voucher", .amount(Fen(1))).with("order", "contact", .text("林"))
        let input = StepInput(fields: fields, refers: ["product": product])
        let circumstances = Circumstances(now: now)
        for id in orders {
            _ = try engine.take(
                StepReference("order", "place"), on: id, input, by: actor, in: Family(), related: cases, circumstances, ledger: &ledger)
        }
        return orders.count
    }
}

/// The two cases that an order looks at.
private struct KnownCases: RelatedCases {
    let registration: ProcedureCase
    let product: ProcedureCase

    func subject(_ id: UUID) -> ProcedureCase? { id == product.id ? product : nil }
    func cases(of procedure: String, parties: [String: UUID], refers: [String: UUID]) -> [ProcedureCase] {
        procedure == registration.procedure ? [registration] : []
    }
    func register(of organisation: UUID, as role: String) -> Facts { Facts() }
    func holder(of key: String) -> UUID? { nil }
}
