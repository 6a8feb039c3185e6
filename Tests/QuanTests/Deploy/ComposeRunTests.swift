import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Operations
@testable import QuanDemo
@testable import Season

@Suite("The programs of docker-compose.yml, run without containers", .serialized)
struct ComposeRunTests {
    @Test("a programme is published; an order is placed, accepted, redeemed and paid; no service is healthy before it is ready")
    func order() async throws {
        let offices =
            "beijing-2026/officer=\(Self.fixtures.officer.organisation),beijing-2026/reviewer=\(Self.fixtures.reviewer.organisation)"
        let file = try await ComposeFile.resolved(["QUAN_OFFICES": offices.lowercased()])
        defer { file.remove() }
        try await ComposeRun.with(file) { run in
            #expect(try await !run.isHealthy("portal"), "the portal cannot be ready yet")
            try await Self.untilHealthy(ComposeFile.quanServices.filter { $0 != "portal" }, run)
            #expect(try await !run.isHealthy("portal"), "no programme is published yet")
            let published = try await run.runJob("programmes")
            #expect(published.status == 0, "\(published.output) \(published.errors)")
            try await Self.untilHealthy(["portal", "bank"], run)
            let order = try await Self.placeAndPay(run)
            let portal = Self.portal(run)
            let paid = try await Self.fixtures.all(DisbursementSnapshot.self, "disbursements", at: portal)
            #expect(paid.count == 1 && paid.first?.orderID == order && paid.first?.state == "paid", "\(paid)")
            let ledger = try await Command.run(Command.quan, ["ledger", "check", "--state", run.folder])
            #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
            // The rights granted on a cluster must cover all topics read and written.
            let grants = try await Grants.ofScript()
            for service in run.record.services {
                let written = try await run.topicsWritten(by: service.name)
                #expect(written.isSubset(of: grants.topics(.write, of: service.name)), "\(service.name) writes \(written.sorted())")
                #expect(written.contains(Topic.events(of: service.name)) || service.name == "portal", "\(service.name)")
                let read = try await ServiceStatus.quiescence(of: service).reads
                #expect(Set(read) == grants.topics(.read, of: service.name), "\(service.name) reads \(read.sorted())")
            }
        }
    }

    private static let season = Season(seed: 1, size: .tiny)
    private static let fixtures = SeasonFixtures(season)

    private static func untilHealthy(_ names: [String], _ run: ComposeRun) async throws {
        for name in names {
            do {
                try await eventually("\(name) is healthy", within: .seconds(120)) { try await run.isHealthy(name) }
            } catch {
                Issue.record("\(error)\n\(run.logs())")
                throw error
            }
        }
    }

    private static func portal(_ run: ComposeRun) -> PortalClient {
        let ports = Dictionary(uniqueKeysWithValues: run.record.services.map { ($0.name, $0.httpPort) })
        return PortalClient(portalPort: { ports["portal"] }, identityPort: { ports["identity"] })
    }

    /// Places an order and completes it up to the payment. Returns its id.
    private static func placeAndPay(_ run: ComposeRun) async throws -> UUID {
        let portal = portal(run)
        var fixtures = fixtures
        let race = try #require(season.races.first)
        let buyer = try #require(race.enterprises.first)
        var requests = try fixtures.setUpRequests()
        for index in requests.indices where requests[index].step == .enterprises {
            requests[index].requests = [requests[index].requests[buyer]]
        }
        for (step, requests) in requests where step != .credit {
            fixtures.record(step, try await submitAll(requests, at: portal))
        }
        return try await Installation(record: run.record).linked { link in
            let barrier = Barrier(Installation(record: run.record), deadline: .now + .seconds(240))
            var day = try CalendarDate("2026-04-01")
            var order = SeasonOrder(OrderScenario(racing: race, enterprise: buyer, number: 0), index: 0)
            order.placedOn = day
            order.firstPlacedOn = day
            func advanceClock() async throws {
                guard let instant = BeijingTime.instant(on: day, hour: 9) else { return }
                try await barrier.advance(to: instant, link: link) { _ in }
            }
            for kind in [SeasonAction.Kind.place, .accept, .contract, .apply, .determine, .decide, .publish] {
                try await advanceClock()
                let request = try await fixtures.request(for: SeasonAction(kind: kind, order: 0), order, on: day, at: portal)
                let answer = try await portal.submit(request)
                try #require(answer.refusal == nil, "\(kind): \(String(decoding: answer.body, as: UTF8.self))")
                switch kind {
                case .place:
                    let placed = try answer.result(PlacedOrder.self)
                    (order.orderID, order.number, order.voucher) = (placed.orderID, placed.number, placed.voucherFen)
                case .contract: order.contractedOn = day
                case .determine: order.determined = fixtures.determined(order)
                default: break
                }
            }
            // After the public notice.
            day = day.later(by: 30)
            try await advanceClock()
            let batch = try await portal.submit(try fixtures.batchRequest(on: day, round: 0))
            try #require(batch.refusal == nil, "\(String(decoding: batch.body, as: UTF8.self))")
            let approved = try await portal.submit(try fixtures.approvalRequest(batch.id))
            try #require(approved.refusal == nil, "\(String(decoding: approved.body, as: UTF8.self))")
            try await eventually("the bank has paid", within: .seconds(120)) {
                try await fixtures.all(DisbursementSnapshot.self, "disbursements?state=paid", at: portal).count == 1
            }
            return try #require(order.orderID)
        }
    }

    private static func submitAll(_ requests: [PortalRequest], at portal: PortalClient) async throws -> [PortalAnswer] {
        try await withThrowingTaskGroup(of: (Int, PortalAnswer).self) { group in
            for (index, request) in requests.enumerated() { group.addTask { (index, try await portal.submit(request)) } }
            var answers: [Int: PortalAnswer] = [:]
            for try await (index, answer) in group {
                try #require(answer.refusal == nil, "\(String(decoding: answer.body, as: UTF8.self))")
                answers[index] = answer
            }
            return answers.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
