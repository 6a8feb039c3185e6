import Testing

@testable import quan

@Suite("The settings of one machine")
struct OneMachineTests {
    private static func settings(_ service: String, _ environment: [String: String] = [:]) throws -> [String: String] {
        let service = try #require(PlatformService.all.first { $0.name == service })
        return OneMachine.settings(of: service, environment: environment, rehearsal: nil)
    }

    @Test("every service is told that it is alone, and joins no group", arguments: PlatformService.all.map(\.name))
    func alone(service: String) throws {
        #expect(try Self.settings(service)["QUAN_MESSAGING_ALONE"] == "true")
    }

    @Test("whoever is waited for rests little between batches and not in sending; the others do, so that they leave it the processors")
    func pace() throws {
        #expect(try Self.settings("ordering")["QUAN_MESSAGING_PACE"] == "6ms")
        #expect(
            try Self.settings("ordering")["QUAN_MESSAGING_GATHERING"] == "50ms", "for its answers somebody waits, for its events nobody")
        for service in ["ordering", "portal"] { #expect(try Self.settings(service)["QUAN_MESSAGING_RELAY_PACE"] == nil, "\(service)") }
        #expect(try Self.settings("portal")["QUAN_MESSAGING_PACE"] == "100ms")
        #expect(
            try Self.settings("identity")["QUAN_MESSAGING_PACE"] == "50ms", "its answers come to ordering, in heaps that orders wait behind"
        )
        #expect(try Self.settings("identity")["QUAN_MESSAGING_RELAY_PACE"] == "20ms")
        for service in ["catalogue", "payout", "redemption", "timer"] {
            #expect(try Self.settings(service)["QUAN_MESSAGING_PACE"] == "100ms", "\(service)")
            #expect(try Self.settings(service)["QUAN_MESSAGING_RELAY_PACE"] == "100ms", "\(service)")
        }
    }

    @Test("what the operator's environment says comes first, and what another service is meant by is left out")
    func environment() throws {
        let given = ["QUAN_MESSAGING_PACE": "1ms", "QUAN_MESSAGING_ALONE": "false", "QUAN_TIMER_X": "1", "PATH": "/bin"]
        let settings = try Self.settings("identity", given)
        #expect(settings["QUAN_MESSAGING_PACE"] == "1ms" && settings["QUAN_MESSAGING_ALONE"] == "false")
        #expect(settings["QUAN_TIMER_X"] == nil && settings["PATH"] == "/bin")
        #expect(try Self.settings("timer", given)["QUAN_TIMER_X"] == "1")
    }
}
