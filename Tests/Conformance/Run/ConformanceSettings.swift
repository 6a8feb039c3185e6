import Foundation

/// How large the suite is, and which plan it plays.
struct ConformanceSettings: Sendable {
    /// `QUAN_CONFORMANCE_SEED`: plays this plan; `random` plays a new one.
    let seed: UInt64
    /// `QUAN_CONFORMANCE_FAULTS`: at least so many.
    let faults: Int
    /// `QUAN_CONFORMANCE_MESSAGES`: at least so many commands; each is answered, and told to all when it is done.
    let commands: Int
    /// `QUAN_CONFORMANCE_WORLDS`: plays only these of the plan's worlds, as `1,3`; all of them when empty.
    let worlds: Set<Int>
    /// `QUAN_KAFKA_BOOTSTRAP_SERVERS`: run against this cluster too.
    let cluster: String?

    /// `QUAN_CONFORMANCE_KAFKA_DEBUG`: what librdkafka tells of itself in the processes' logs, as its property `debug` has it.
    static var kafkaDebug: String? {
        ProcessInfo.processInfo.environment["QUAN_CONFORMANCE_KAFKA_DEBUG"].flatMap { $0.isEmpty ? nil : $0 }
    }
    /// `QUAN_CONFORMANCE_KEEP_LOGS=true`: the logs of worlds in which all was well stay too.
    static var keepsLogs: Bool { ProcessInfo.processInfo.environment["QUAN_CONFORMANCE_KEEP_LOGS"] == "true" }

    /// The plan when none is asked for. It says nothing of other plans; play `random` ones too.
    static let standardSeed: UInt64 = 635579686
    static let standardFaults = 560
    static let standardCommands = 6000

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func number<N: FixedWidthInteger>(_ name: String, _ standard: N) throws -> N {
            guard let text = environment[name] else { return standard }
            guard let number = N(text), number >= 0 else { throw WorldError("\(name) is no whole number from 0: \(text)") }
            return number
        }
        let isRandom = environment["QUAN_CONFORMANCE_SEED"] == "random"
        seed = isRandom ? .random(in: 1...999_999_999) : try number("QUAN_CONFORMANCE_SEED", Self.standardSeed)
        faults = try number("QUAN_CONFORMANCE_FAULTS", Self.standardFaults)
        commands = try number("QUAN_CONFORMANCE_MESSAGES", Self.standardCommands)
        worlds = try Set(
            (environment["QUAN_CONFORMANCE_WORLDS"] ?? "").split(separator: ",").map { text in
                guard let world = Int(text), world > 0 else { throw WorldError("QUAN_CONFORMANCE_WORLDS is no list of numbers: \(text)") }
                return world
            })
        cluster = environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What there is to run against.
    static var backings: [Backing] {
        [.embedded]
            + (ProcessInfo.processInfo.environment["QUAN_KAFKA_BOOTSTRAP_SERVERS"].flatMap { $0.isEmpty ? nil : $0 }
                .map { [.cluster(bootstrapServers: $0)] } ?? [])
    }
}
