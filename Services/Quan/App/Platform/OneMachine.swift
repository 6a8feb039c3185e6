import Foundation

/// The settings that an installation on one machine adds to those of the services: a sandbox, small, and quick to begin.
enum OneMachine {
    /// What every service gets besides where its database and Kafka are.
    private static let common = [
        "QUAN_INSTANCE_NAME": "one", "QUAN_INSTANCE_SHUTDOWN_DEADLINE": "10s", "QUAN_MESSAGING_ALONE": "true",
    ]

    /// Partitions of each topic of the embedded broker. A cluster has more: here everything runs on a few cores, and what is dealt out over
    /// partitions and lanes makes many small batches of few large ones.
    static let partitions = 1
    /// The same where a service runs in two instances.
    static let partitionsOfTwo = 4

    /// What every service gets where the broker is the embedded one, and never with another Kafka: what its defaults, which suit a cluster,
    /// would do badly there.
    static let embeddedBroker = [
        "QUAN_MESSAGING_TOPIC_PARTITIONS": "\(partitions)", "QUAN_MESSAGING_LANES": "1",
        "QUAN_MESSAGING_REPLICATION_FACTOR": "1", "QUAN_MESSAGING_MIN_INSYNC_REPLICAS": "1",
        // It acknowledges at once or is gone, and nobody elects a leader meanwhile.
        "QUAN_MESSAGING_PRODUCE_TIMEOUT": "5s", "QUAN_MESSAGING_RELAY_LEASE": "12s", "QUAN_MESSAGING_LINGER": "0ms",
        "QUAN_MESSAGING_SESSION_TIMEOUT": "6s",
        // It sleeps all of it.
        "QUAN_MESSAGING_FETCH_WAIT": "2ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT": "2ms",
        // There is no network to spare, and the broker looks for a place among all the records it keeps, which are fewer so.
        "QUAN_MESSAGING_COMPRESSION": "false",
    ]

    /// Of the embedded broker's values, those that differ for services whom nobody waits for: fewer questions whether there is something to
    /// read, so that the few cores are free for the services whose answers people wait for.
    private static let unhurriedFetch = ["QUAN_MESSAGING_FETCH_WAIT": "100ms"]
    private static let unhurriedReaders: Set = ["catalogue", "redemption", "timer", "portal", "identity", "payout"]

    /// Where nobody waits for what a service hears: fuller batches.
    private static let unhurriedListener = ["QUAN_MESSAGING_PACE": "100ms"]

    /// Where nobody waits for what it says either.
    private static let unhurried = unhurriedListener.merging(["QUAN_MESSAGING_RELAY_PACE": "100ms"]) { $1 }

    /// What some get.
    private static let own = [
        "catalogue": unhurried, "redemption": unhurried, "timer": unhurried,
        // Somebody waits: no longer than it takes for a few orders to share a transaction while many come. For all but the answers nobody does.
        "ordering": ["QUAN_MESSAGING_PACE": "6ms", "QUAN_MESSAGING_GATHERING": "50ms"],
        // What it promises goes out at once, and who waits for an answer is woken as it arrives.
        "portal": unhurriedListener,
        "identity": unhurried.merging([
            "QUAN_IDENTITY_SANDBOX_SIGN_IN": "true", "QUAN_IDENTITY_CREDIT_SOURCE": "sandbox-clean",
            // Its answers come to ordering, where orders wait behind them: in smaller heaps.
            "QUAN_MESSAGING_PACE": "50ms", "QUAN_MESSAGING_RELAY_PACE": "20ms",
        ]) { $1 },
        // The bank of a sandbox is near, and its players do not wait for a minute.
        "payout": unhurried.merging([
            "QUAN_PAYOUT_EXCHANGE_DEADLINE": "1s", "QUAN_PAYOUT_PATIENCE": "2s", "QUAN_PAYOUT_STATEMENT_EVERY": "5s",
        ]) { $1 },
    ]

    /// The settings of a service, over those of the operator's environment.
    ///
    /// A service refuses settings that it does not know: what another service is meant by is left out.
    ///
    /// - Parameter embedded: what the installation adds for the embedded broker; nil with another Kafka.
    static func settings(
        of service: PlatformService, environment: [String: String], embedded: [String: String]?, rehearsal: Date?
    ) -> [String: String] {
        let others = PlatformService.all.filter { $0 != service }.map { "QUAN_\($0.name.uppercased())_" }
        var settings = environment.filter { variable in !others.contains { variable.key.hasPrefix($0) } }
        // It is for the operator's commands.
        settings["QUAN_SERVICES_URL"] = nil
        settings.merge(common) { given, _ in given }
        settings.merge(own[service.name] ?? [:]) { given, _ in given }
        if let embedded {
            settings.merge(embedded) { given, _ in given }
            if unhurriedReaders.contains(service.name) { settings.merge(unhurriedFetch) { given, _ in given } }
            settings.merge(embeddedBroker) { given, _ in given }
        }
        if let rehearsal {
            settings["QUAN_REHEARSAL"] = "true"
            if service.name == "timer" { settings["QUAN_REHEARSAL_STARTS_AT"] = rehearsal.ISO8601Format() }
        }
        return settings
    }
}
