import Foundation
import Kernel
import Messages
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Commands that cannot be taken")
struct CommandParkingTests {
    @Test("a command that is given up is answered with its refusal")
    func discardedCommand() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let contents = Contents(service: "counter", rows: CounterRows.self) { Takes(AlwaysBroken()) }
            let counter = try stage.start(contents, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let ids = [try await wire.add("k"), try await wire.add("k")]
                try await eventually("both are aside") { try await counter.parked().count == 2 }
                for id in ids {
                    let row = try #require(try await counter.parked().first)
                    let discard = DiscardParked(parkedID: row.id, operatorName: "li.na", reason: "误发")
                    let request = UUID()
                    try await wire.send(
                        key: "operator", value: try MessageBody.encode(discard),
                        headers: Records.commandHeaders(DiscardParked.type.description, id: request))
                    #expect(try await wire.answer(to: request).refusal == nil)
                    let refusal = try #require(try await wire.answer(to: id).refusal)
                    #expect(refusal.clauses == ["QUAN-17"] && refusal.message.zh.contains("误发"))
                }
                #expect(try await counter.number("select count(*) from parked_key") == 0)
            }
        }
    }
}

/// Takes nothing: what is to be taken by it is set aside.
private struct AlwaysBroken: Handler {
    func wants(_ input: AddAmount, in rows: inout CounterRows) {}
    func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, say: inout Said) throws { throw Broken() }
}

private struct Broken: Error {}
