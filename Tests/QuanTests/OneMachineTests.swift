import Testing

@testable import Operations

@Suite("The settings of an installation on one machine")
struct OneMachineTests {
    private static func settings(
        _ service: String, _ environment: [String: String] = [:], embedded: [String: String]? = [:]
    ) throws -> [String: String] {
        let service = try #require(PlatformService.all.first { $0.name == service })
        return OneMachine.settings(of: service, environment: environment, embedded: embedded, rehearsal: nil)
    }

    @Test("every service is configured as a single instance", arguments: PlatformService.all.map(\.name))
    func singleInstance(service: String) throws {
        #expect(try Self.settings(service)["QUAN_MESSAGING_SINGLE_INSTANCE"] == "true")
    }

    @Test("services on the path of a caller's request have short batch intervals; the others have long ones, to save processor time")
    func batchIntervals() throws {
        #expect(try Self.settings("ordering")["QUAN_MESSAGING_PACE"] == "6ms")
        #expect(
            try Self.settings("ordering")["QUAN_MESSAGING_GATHERING"] == "50ms", "callers wait for its replies, but not for its events")
        for service in ["ordering", "portal"] { #expect(try Self.settings(service)["QUAN_MESSAGING_RELAY_PACE"] == nil, "\(service)") }
        #expect(try Self.settings("portal")["QUAN_MESSAGING_PACE"] == "100ms")
        #expect(
            try Self.settings("identity")["QUAN_MESSAGING_PACE"] == "50ms", "its replies reach ordering in bursts that delay orders"
        )
        #expect(try Self.settings("identity")["QUAN_MESSAGING_RELAY_PACE"] == "20ms")
        for service in ["catalogue", "payout", "redemption", "timer"] {
            #expect(try Self.settings(service)["QUAN_MESSAGING_PACE"] == "100ms", "\(service)")
            #expect(try Self.settings(service)["QUAN_MESSAGING_RELAY_PACE"] == "100ms", "\(service)")
        }
    }

    @Test(
        "the embedded broker's values apply only to it: with another Kafka every service has the defaults of a cluster",
        arguments: PlatformService.all.map(\.name))
    func embedded(service: String) throws {
        let (own, foreign) = (try Self.settings(service), try Self.settings(service, embedded: nil))
        for (name, value) in OneMachine.embeddedBroker where name != "QUAN_MESSAGING_FETCH_WAIT" {
            #expect(own[name] == value, "\(name)")
        }
        #expect(own["QUAN_MESSAGING_FETCH_WAIT"] == (service == "ordering" ? "2ms" : "100ms"))
        for name in OneMachine.embeddedBroker.keys { #expect(foreign[name] == nil, "\(name)") }
        #expect(try Self.settings(service, embedded: ["QUAN_MESSAGING_FETCH_WAIT": "10ms"])["QUAN_MESSAGING_FETCH_WAIT"] == "10ms")
    }

    @Test("the embedded broker's values")
    func embeddedValues() {
        #expect(
            OneMachine.embeddedBroker == [
                "QUAN_MESSAGING_TOPIC_PARTITIONS": "1", "QUAN_MESSAGING_WORKERS": "1", "QUAN_MESSAGING_REPLICATION_FACTOR": "1",
                "QUAN_MESSAGING_MIN_INSYNC_REPLICAS": "1", "QUAN_MESSAGING_PRODUCE_TIMEOUT": "5s", "QUAN_MESSAGING_RELAY_LEASE": "12s",
                "QUAN_MESSAGING_LINGER": "0ms", "QUAN_MESSAGING_SESSION_TIMEOUT": "6s", "QUAN_MESSAGING_FETCH_WAIT": "2ms",
                "QUAN_MESSAGING_REPLY_FETCH_WAIT": "2ms", "QUAN_MESSAGING_COMPRESSION": "false",
            ])
    }

    @Test("the operator's environment takes precedence, and variables of other services are omitted")
    func environment() throws {
        let given = ["QUAN_MESSAGING_PACE": "1ms", "QUAN_MESSAGING_SINGLE_INSTANCE": "false", "QUAN_TIMER_X": "1", "PATH": "/bin"]
        let settings = try Self.settings("identity", given)
        #expect(settings["QUAN_MESSAGING_PACE"] == "1ms" && settings["QUAN_MESSAGING_SINGLE_INSTANCE"] == "false")
        #expect(settings["QUAN_TIMER_X"] == nil && settings["PATH"] == "/bin")
        #expect(try Self.settings("timer", given)["QUAN_TIMER_X"] == "1")
    }
}
