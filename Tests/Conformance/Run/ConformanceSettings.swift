import Foundation

/// The size of the suite and the seed of its plan.
struct ConformanceSettings: Sendable {
    /// `QUAN_CONFORMANCE_SEED`: the seed of the plan, or `random` for a new one.
    let seed: UInt64
    /// `QUAN_CONFORMANCE_FAULTS`: the minimum number of faults.
    let faults: Int
    /// `QUAN_CONFORMANCE_MESSAGES`: the minimum number of commands; each is answered, and each executed one has an event.
    let commands: Int
    /// `QUAN_CONFORMANCE_WORLDS`: runs only these test beds of the plan, such as `1,3`; all if empty.
    let testbeds: Set<Int>
    /// `QUAN_KAFKA_BOOTSTRAP_SERVERS`: also runs against this cluster.
    let cluster: String?

    /// `QUAN_CONFORMANCE_KAFKA_DEBUG`: librdkafka's property `debug` in the processes.
    static var kafkaDebug: String? {
        ProcessInfo.processInfo.environment["QUAN_CONFORMANCE_KAFKA_DEBUG"].flatMap { $0.isEmpty ? nil : $0 }
    }
    /// `QUAN_CONFORMANCE_KEEP_LOGS=true`: also keeps the logs of successful test beds.
    static var keepsLogs: Bool { ProcessInfo.processInfo.environment["QUAN_CONFORMANCE_KEEP_LOGS"] == "true" }

    /// The default seed. It tests only one plan; run `random` ones, too.
    static let standardSeed: UInt64 = 635579686
    static let standardFaults = 560
    static let standardCommands = 6000

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func number<N: FixedWidthInteger>(_ name: String, _ standard: N) throws -> N {
            guard let text = environment[name] else { return standard }
            guard let number = N(text), number >= 0 else { throw TestbedError("\(name) must be a whole number of at least 0, not \(text)") }
            return number
        }
        let isRandom = environment["QUAN_CONFORMANCE_SEED"] == "random"
        seed = isRandom ? .random(in: 1...999_999_999) : try number("QUAN_CONFORMANCE_SEED", Self.standardSeed)
        faults = try number("QUAN_CONFORMANCE_FAULTS", Self.standardFaults)
        commands = try number("QUAN_CONFORMANCE_MESSAGES", Self.standardCommands)
        testbeds = try Set(
            (environment["QUAN_CONFORMANCE_WORLDS"] ?? "").split(separator: ",").map { text in
                guard let testbed = Int(text), testbed > 0 else {
                    throw TestbedError("QUAN_CONFORMANCE_WORLDS must be a list of numbers, not \(text)")
                }
                return testbed
            })
        cluster = environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The brokers against which the suite runs.
    static var brokerKinds: [BrokerKind] {
        [.embedded]
            + (ProcessInfo.processInfo.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"].flatMap { $0.isEmpty ? nil : $0 }
                .map { [.cluster(bootstrapServers: $0)] } ?? [])
    }
}
