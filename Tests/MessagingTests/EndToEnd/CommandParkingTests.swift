import Foundation
import Kafka
import Kernel
import Messages
import Synchronization
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Commands that cannot be handled")
struct CommandParkingTests {
    @Test("a discarded command is answered with a refusal")
    func discardedCommand() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let registry = HandlerRegistry(service: "counter", rows: CounterRows.self) { Handles(AlwaysBroken()) }
            let counter = try stage.start(registry, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let ids = [try await wire.add("k"), try await wire.add("k")]
                try await eventually("both are parked") { try await counter.parked().count == 2 }
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

    @Test("a redriven command, head or behind it, has its token, and the token is never shown")
    func redrivenWithToken() async throws {
        let fix = Fix()
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let registry = HandlerRegistry(service: "counter", rows: CounterRows.self) { Handles(RequiresToken(fix: fix)) }
            let counter = try stage.start(registry, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let ids = [UUID(), UUID()]
                for id in ids {
                    try await wire.send(
                        key: "k", value: try MessageBody.encode(AddAmount(counter: "k", amount: 1)),
                        headers: Records.commandHeaders(id: id).with("ce_token", RequiresToken.token))
                }
                try await eventually("both are parked") { try await counter.parked().count == 2 }
                let head = try #require(try await counter.parked().first).id
                let shown = try await outcome(of: ShowParked(parkedID: head), wire)
                let answer = try MessageBody.decode(ShowParked.Answer.self, from: Array((shown.result ?? "").utf8))
                #expect(answer.headers["ce_id"] != nil && answer.headers["ce_token"] == nil)

                fix.apply()
                #expect(try await outcome(of: RedriveParked(parkedID: head), wire).refusal == nil)
                for id in ids { #expect(try await wire.answer(to: id).refusal == nil) }
                #expect(try await counter.number("select count(*) from parked") == 0, "the tokens are deleted with the rows")
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

private final class Fix: Sendable {
    private let state = Mutex(false)
    var isApplied: Bool { state.withLock { $0 } }
    func apply() { state.withLock { $0 = true } }
}

/// Fails until it is fixed; then it handles commands with the token and refuses others.
private struct RequiresToken: Handler {
    static let token = "eyJ.secret"
    let fix: Fix

    func requestRows(for input: AddAmount, in rows: inout CounterRows) {}

    func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        guard fix.isApplied else { throw Broken() }
        guard context.envelope.token == Self.token else { throw PlatformRule.tokenInvalid.refusal() }
    }
}

/// Fails always, so that each of its messages is parked.
private struct AlwaysBroken: Handler {
    func requestRows(for input: AddAmount, in rows: inout CounterRows) {}
    func handle(_ input: AddAmount, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        throw Broken()
    }
}

private struct Broken: Error {}
