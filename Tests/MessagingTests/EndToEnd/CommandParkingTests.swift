import Foundation
import Kafka
import Kernel
import Messages
import Synchronization
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

    @Test("a command that was set aside, or waited behind one, is taken up with its token, which nobody is shown")
    func redrivenWithToken() async throws {
        let isMended = Mended()
        try await MessagingStage.with(services: ["counter"]) { stage in
            let contents = Contents(service: "counter", rows: CounterRows.self) { Takes(WantsToken(isMended: isMended)) }
            let counter = try stage.start(contents, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let ids = [UUID(), UUID()]
                for id in ids {
                    try await wire.send(
                        key: "k", value: try MessageBody.encode(AddAmount(counter: "k", amount: 1)),
                        headers: Records.commandHeaders(id: id).with("ce_token", WantsToken.token))
                }
                try await eventually("both are aside") { try await counter.parked().count == 2 }
                let head = try #require(try await counter.parked().first).id
                let shown = try await outcome(of: ShowParked(parkedID: head), wire)
                let answer = try MessageBody.decode(ShowParked.Answer.self, from: Array((shown.result ?? "").utf8))
                #expect(answer.headers["ce_id"] != nil && answer.headers["ce_token"] == nil)

                isMended.now()
                #expect(try await outcome(of: RedriveParked(parkedID: head), wire).refusal == nil)
                for id in ids { #expect(try await wire.answer(to: id).refusal == nil) }
                #expect(try await counter.number("select count(*) from parked") == 0, "the tokens went with their rows")
            }
        }
    }

    private func outcome<C: Command>(of command: C, _ wire: Wire) async throws -> Outcome {
        let id = UUID()
        try await wire.send(
            key: "operator", value: try MessageBody.encode(command), headers: Records.commandHeaders(C.type.description, id: id))
        return try await wire.answer(to: id)
    }
}

private final class Mended: Sendable {
    private let state = Mutex(false)
    var isSo: Bool { state.withLock { $0 } }
    func now() { state.withLock { $0 = true } }
}

/// Fails until it is mended; then it takes what has its token and refuses what has not.
private struct WantsToken: Handler {
    static let token = "eyJ.secret"
    let isMended: Mended

    func wants(_ input: AddAmount, in rows: inout CounterRows) {}

    func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, say: inout Said) throws {
        guard isMended.isSo else { throw Broken() }
        guard context.envelope.token == Self.token else { throw PlatformRule.tokenInvalid.refusal() }
    }
}

/// Takes nothing: what is to be taken by it is set aside.
private struct AlwaysBroken: Handler {
    func wants(_ input: AddAmount, in rows: inout CounterRows) {}
    func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, say: inout Said) throws { throw Broken() }
}

private struct Broken: Error {}
