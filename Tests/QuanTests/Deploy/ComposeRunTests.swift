import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Season
@testable import quan

@Suite("The environment of docker-compose.yml, run by hand", .serialized)
struct ComposeRunTests {
    @Test("a programme is published, and an order placed, accepted, redeemed and paid by the API; nobody is healthy before he is ready")
    func order() async throws {
        let offices = "beijing-2026/officer=\(Self.stage.officer.organisation),beijing-2026/reviewer=\(Self.stage.reviewer.organisation)"
        let file = try await ComposeFile.resolved(["QUAN_OFFICES": offices.lowercased()])
        defer { file.remove() }
        try await ComposeRun.with(file) { run in
            #expect(try await !run.isHealthy("portal"), "nobody can be ready yet")
            try await Self.untilHealthy(ComposeFile.quanServices.filter { $0 != "portal" }, run)
            #expect(try await !run.isHealthy("portal"), "there is no programme to order in")
            let published = try await run.runJob("programmes")
            #expect(published.status == 0, "\(published.output) \(published.errors)")
            try await Self.untilHealthy(["portal", "bank"], run)
            let order = try await Self.play(run)
            let desk = Self.desk(run)
            let paid = try await Self.stage.all(DisbursementSnapshot.self, "disbursements", at: desk)
            #expect(paid.count == 1 && paid.first?.orderID == order && paid.first?.state == "paid", "\(paid)")
            let ledger = try await Command.run(Command.quan, ["ledger", "check", "--state", run.folder])
            #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
            // What was read and written on the way is what the rights on a cluster allow.
            let grants = try await Grants.ofScript()
            for service in run.record.services {
                let written = try await run.topicsWritten(by: service.name)
                #expect(written.isSubset(of: grants.topics(.write, of: service.name)), "\(service.name) writes \(written.sorted())")
                #expect(written.contains(Topic.events(of: service.name)) || service.name == "portal", "\(service.name)")
                let read = try await ServiceLook.quiescence(of: service).reads
                #expect(Set(read) == grants.topics(.read, of: service.name), "\(service.name) reads \(read.sorted())")
            }
        }
    }

    private static let season = Season(seed: 1, size: .tiny)
    private static let stage = StageProps(season)

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

    private static func desk(_ run: ComposeRun) -> PortalDesk {
        let ports = Dictionary(uniqueKeysWithValues: run.record.services.map { ($0.name, $0.httpPort) })
        return PortalDesk(portalPort: { ports["portal"] }, identityPort: { ports["identity"] })
    }

    /// One order from its placing to its payment; its id.
    private static func play(_ run: ComposeRun) async throws -> UUID {
        let desk = desk(run)
        var stage = stage
        let race = try #require(season.races.first)
        let buyer = try #require(race.enterprises.first)
        var requests = try stage.settingUp()
        for index in requests.indices where requests[index].title == .enterprises {
            requests[index].requests = [requests[index].requests[buyer]]
        }
        for (title, requests) in requests where title != .credit {
            stage.note(title, try await together(requests, at: desk))
        }
        return try await Installation(record: run.record).linked { link in
            let barrier = Barrier(Installation(record: run.record), deadline: .now + .seconds(240))
            var day = try CalendarDate("2026-04-01")
            var scene = Scene(OrderPlot(racing: race, enterprise: buyer, number: 0), index: 0)
            scene.placedOn = day
            scene.firstPlacedOn = day
            func settle() async throws {
                guard let instant = BeijingTime.instant(on: day, hour: 9) else { return }
                try await barrier.advance(to: instant, link: link) { _ in }
            }
            for kind in [Act.Kind.place, .accept, .contract, .apply, .determine, .decide, .publish] {
                try await settle()
                let request = try await stage.request(for: Act(kind: kind, order: 0), scene, on: day, at: desk)
                let answer = try await desk.submit(request)
                try #require(answer.refusal == nil, "\(kind): \(String(decoding: answer.body, as: UTF8.self))")
                switch kind {
                case .place:
                    let placed = try answer.result(PlacedOrder.self)
                    (scene.orderID, scene.number, scene.voucher) = (placed.orderID, placed.number, placed.voucherFen)
                case .contract: scene.contractedOn = day
                case .determine: scene.determined = stage.determined(scene)
                default: break
                }
            }
            // Past the public notice.
            day = day.later(by: 30)
            try await settle()
            let batch = try await desk.submit(try stage.batching(on: day, round: 0))
            try #require(batch.refusal == nil, "\(String(decoding: batch.body, as: UTF8.self))")
            let approved = try await desk.submit(try stage.approving(batch.id))
            try #require(approved.refusal == nil, "\(String(decoding: approved.body, as: UTF8.self))")
            try await eventually("the bank has paid", within: .seconds(120)) {
                try await stage.all(DisbursementSnapshot.self, "disbursements?state=paid", at: desk).count == 1
            }
            return try #require(scene.orderID)
        }
    }

    private static func together(_ requests: [DeskRequest], at desk: PortalDesk) async throws -> [DeskAnswer] {
        try await withThrowingTaskGroup(of: (Int, DeskAnswer).self) { group in
            for (place, request) in requests.enumerated() { group.addTask { (place, try await desk.submit(request)) } }
            var answers: [Int: DeskAnswer] = [:]
            for try await (place, answer) in group {
                try #require(answer.refusal == nil, "\(String(decoding: answer.body, as: UTF8.self))")
                answers[place] = answer
            }
            return answers.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
