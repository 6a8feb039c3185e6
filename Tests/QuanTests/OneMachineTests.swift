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

    @Test(
        "the service whose replies a caller waits for has a short batch interval, the others a long one",
        arguments: PlatformService.all.map(\.name))
    func batchInterval(service: String) throws {
        let settings = try Self.settings(service)
        #expect(settings["QUAN_MESSAGING_BATCH_INTERVAL"] == (service == "ordering" ? "6ms" : "100ms"))
        #expect(settings["QUAN_MESSAGING_EVENT_LINGER"] == "50ms")
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
        let given = [
            "QUAN_MESSAGING_BATCH_INTERVAL": "1ms", "QUAN_MESSAGING_SINGLE_INSTANCE": "false", "QUAN_TIMER_X": "1", "PATH": "/bin",
        ]
        let settings = try Self.settings("identity", given)
        #expect(settings["QUAN_MESSAGING_BATCH_INTERVAL"] == "1ms" && settings["QUAN_MESSAGING_SINGLE_INSTANCE"] == "false")
        #expect(settings["QUAN_TIMER_X"] == nil && settings["PATH"] == "/bin")
        #expect(try Self.settings("timer", given)["QUAN_TIMER_X"] == "1")
    }
}
