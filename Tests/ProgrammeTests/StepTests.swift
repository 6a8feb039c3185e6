import Foundation
import Kernel
import Programme
import Testing

@Suite("Steps")
struct StepTests {
    @Test("a step is taken by a permitted role from a permitted state")
    func taken() throws {
        let programme = try Files.beijing2026().programme
        let step = try programme.step(procedure: "order", command: "accept-order", state: "placed", roles: ["institution"])
        #expect(step.to == "accepted")
        #expect(step.citation.clauses == ["BJ26-30"])
        #expect(
            try programme.step(procedure: "order", command: "place-order", state: Procedure.start, roles: ["enterprise"]).ledger == [
                LedgerEffect(.reserve)
            ])
    }

    @Test("another state, another role and an unknown command are each refused with their own clause")
    func refused() throws {
        let programme = try Files.beijing2026().programme
        func clauses(_ command: String, _ state: String, _ roles: Set<String>) -> [String] {
            do {
                _ = try programme.step(procedure: "order", command: command, state: state, roles: roles)
                return []
            } catch {
                return error.clauses
            }
        }
        #expect(clauses("accept-order", "expired", ["institution"]) == ["QUAN-15", "BJ26-30"])
        #expect(clauses("accept-order", "placed", ["enterprise"]) == ["QUAN-10", "BJ26-30"])
        #expect(clauses("accept-orders", "placed", ["institution"]) == ["QUAN-07"])
        #expect(clauses("cancel-order", "accepted", ["enterprise"]) == ["QUAN-15", "QUAN-18"])
    }

    @Test("a step requires its window and the states of other procedures")
    func windowsAndNeeds() throws {
        let programme = try Files.beijing2026().programme
        let place = try #require(programme.step(StepReference("order", "place")))
        let open = Circumstances(now: try beijing("2026-05-20"))
        #expect(programme.refusals(before: place, otherStates: ["registration": "entitled"], open).isEmpty)
        #expect(programme.refusals(before: place, otherStates: [:], open).map { $0.clauses.first } == ["QUAN-15"])
        let closed = Circumstances(now: try beijing("2026-09-01", "00:00:00"))
        #expect(programme.refusals(before: place, otherStates: ["registration": "entitled"], closed).map(\.slug) == ["ordering-closed"])
        let apply = try #require(programme.step(StepReference("redemption", "apply")))
        #expect(programme.refusals(before: apply, otherStates: ["order": "contracted"], open).isEmpty)
        #expect(programme.refusals(before: apply, otherStates: ["order": "accepted"], open).count == 1)
        let hangzhou = try Files.sample("hangzhou-2026").programme
        let announced = Announcements(opens: ["redemption": try day("2026-05-05")])
        let later = try #require(hangzhou.step(StepReference("redemption", "apply")))
        let now = Circumstances(now: try beijing("2026-05-20"), announcements: announced)
        #expect(hangzhou.refusals(before: later, otherStates: ["order": "rated"], now).count == 1)
        #expect(hangzhou.refusals(before: later, otherStates: ["order": "offset"], now).isEmpty)
    }

    @Test("of two steps with the same command, the one whose needs are met is taken")
    func byNeeds() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        for (claim, step) in [("granted", "place"), ("handed-back", "place-again")] {
            #expect(
                try programme.step(
                    procedure: "order", command: "place-order", state: Procedure.start, roles: ["enterprise"], otherStates: ["claim": claim]
                ).id == step)
        }
    }

    @Test("every state of the order with a reservation can release it by a step or a lapse")
    func nothingIsHeldForEver() throws {
        for programme in [try Files.beijing2026().programme, try Files.sample("beijing-2024").programme] {
            let order = try #require(programme.procedure("order"))
            for state in ["checking", "placed", "accepted"] { #expect(!order.deadlines(in: state).isEmpty, "\(programme.id) \(state)") }
        }
    }

    @Test("every step of every programme leads to a state of its procedure")
    func closed() throws {
        for programme in [try Files.beijing2026().programme, try Files.sample("guangzhou-2020").programme] {
            for procedure in programme.procedures {
                let states = Set(procedure.states.map(\.id))
                #expect(procedure.steps.allSatisfy { $0.to.map(states.contains) ?? true })
                #expect(procedure.deadlines.allSatisfy { states.contains($0.lapse.to) && states.isSuperset(of: $0.states) })
            }
        }
    }
}
