import Foundation
import Kafka
import Logging
import Messages
import Messaging
import Testing

/// That a poisoned key stops nobody, on real services that are killed meanwhile.
@Suite("A poisoned key", .serialized)
struct PoisonedKeyTests {
    private static let poisoned = "poisoned"

    @Test("a key that has reached its bound stops no other, and after a redrive nothing of it is lost, doubled or out of order")
    func redrive() async throws {
        let promises = Promises(seed: 2) { number, _ in
            PlannedCommand(number: number, counter: number.isMultiple(of: 2) ? Self.poisoned : "c\(number % 3)", amount: 1)
        }
        let world = try await World.start("poisoned", on: .embedded, promises: promises, poison: Self.poisoned, crewSize: 1)
        do {
            for crew in world.allCrews { try crew.fill() }
            for _ in 0..<3 {
                world.promise(40)
                try await Task.sleep(for: .seconds(2))
                for crew in world.allCrews {
                    try await crew.killAll()
                    try crew.fill()
                }
                promises.giveAgain(to: world.crew(.asker).alive)
            }
            try await othersAreDone(in: world)
            try world.cure()
            let dropped = try await redriveAll(in: world)
            #expect(dropped > 0, "the bound was reached")
            let found = try await world.rest()
            #expect(found.isEmpty, "\(found.prefix(5))")
            await world.close(keepingLogs: !found.isEmpty)
        } catch {
            await world.close(keepingLogs: true)
            throw error
        }
    }

    /// Waits until nothing is wrong but what the poison explains, and sees that something is.
    private func othersAreDone(in world: World) async throws {
        var last: [Violation] = []
        let areDone = try await waited(.seconds(90), looking: .milliseconds(300)) { () -> Bool? in
            for crew in world.allCrews { try crew.fill() }
            world.promises.giveAgain(to: world.crew(.asker).alive)
            guard world.promises.outstandingCount == 0 else { return nil }
            last = try await world.violations().filter { !Self.isOfPoison($0) }
            return last.isEmpty ? true : nil
        }
        #expect(areDone == true, "\(last.prefix(5))")
        #expect(try await world.violations().contains { if case .effectMissing = $0 { true } else { false } })
    }

    private static func isOfPoison(_ violation: Violation) -> Bool {
        switch violation {
        case .effectMissing(let counter, _): counter == poisoned
        case .waiting(_, let what, _): ["messages set aside", "keys blocked"].contains(what)
        default: false
        }
    }

    /// Redrives every key that is held up. Returns how many messages had been dropped.
    private func redriveAll(in world: World) async throws -> Int64 {
        let kafka = KafkaConfiguration(bootstrapServers: world.broker.bootstrapServers, clientID: "operator")
        let link = try await OperatorLink(
            source: "operator", kafka: kafka, logger: Logger(label: "operator") { _ in SwiftLogNoOpLogHandler() })
        do {
            let listed = try await link.ask(ListParked(rowsAtMost: 500), of: "asker", key: "parked", within: .seconds(60))
            let answer = try MessageBody.decode(ListParked.Answer.self, from: Array((listed.result ?? "").utf8))
            for row in answer.rows where row.isHead {
                _ = try await link.ask(RedriveParked(parkedID: row.parkedID), of: "asker", key: "parked", within: .seconds(60))
            }
            await link.close()
            return answer.rows.reduce(0) { $0 + ($1.dropped ?? 0) }
        } catch {
            await link.close()
            throw error
        }
    }
}
