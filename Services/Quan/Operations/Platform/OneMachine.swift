package import Foundation

/// The settings that `quan up` gives to the services of an installation on one machine, which is a sandbox.
package enum OneMachine {
    /// The settings of every service, in addition to its database and Kafka.
    private static let common = [
        "QUAN_INSTANCE_NAME": "one", "QUAN_INSTANCE_SHUTDOWN_DEADLINE": "10s", "QUAN_MESSAGING_SINGLE_INSTANCE": "true",
    ]

    /// The number of partitions of each topic of the embedded broker. It is smaller than in a cluster, because on few processors more
    /// partitions and workers only make batches smaller.
    static let partitions = 1
    /// The same when a service runs in two instances.
    static let partitionsForTwoInstances = 4

    /// The settings of every service with the embedded broker, but not with another Kafka: the defaults are for a cluster.
    static let embeddedBroker = [
        "QUAN_MESSAGING_TOPIC_PARTITIONS": "\(partitions)", "QUAN_MESSAGING_WORKERS": "1",
        "QUAN_MESSAGING_REPLICATION_FACTOR": "1", "QUAN_MESSAGING_MIN_INSYNC_REPLICAS": "1",
        // The embedded broker acknowledges at once or has ended; there are no leader elections to wait for.
        "QUAN_MESSAGING_PRODUCE_TIMEOUT": "5s", "QUAN_MESSAGING_RELAY_LEASE": "12s", "QUAN_MESSAGING_LINGER": "0ms",
        "QUAN_MESSAGING_SESSION_TIMEOUT": "6s",
        // The embedded broker always waits for the whole time, even when there are messages.
        "QUAN_MESSAGING_FETCH_WAIT": "2ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT": "2ms",
        // There is no network traffic to save. Also, the broker searches all its records for an offset, and compression makes more of them.
        "QUAN_MESSAGING_COMPRESSION": "false",
    ]

    /// The embedded broker's values that differ for services that are not on the path of a caller's request: fewer fetch requests, so that
    /// the processors are free for the other services.
    private static let backgroundFetch = ["QUAN_MESSAGING_FETCH_WAIT": "100ms"]
    private static let backgroundReaders: Set = ["catalogue", "redemption", "timer", "portal", "identity", "payout"]

    /// For services whose incoming messages no caller waits for: larger batches.
    private static let longBatchInterval = ["QUAN_MESSAGING_PACE": "100ms"]

    /// For services whose outgoing messages no caller waits for either.
    private static let longIntervals = longBatchInterval.merging(["QUAN_MESSAGING_RELAY_PACE": "100ms"]) { $1 }

    /// The paying account of a sandbox, which is also the account of the bank simulator's statement.
    static let sandboxAccount = "SANDBOX0000000000001"

    /// The settings of single services.
    private static let serviceSettings = [
        "catalogue": longIntervals, "redemption": longIntervals, "timer": longIntervals,
        // Callers wait for its replies: the interval only lets a few orders share a transaction under load. No caller waits for its events.
        "ordering": ["QUAN_MESSAGING_PACE": "6ms", "QUAN_MESSAGING_GATHERING": "50ms"],
        // Accepted commands are published at once, and waiting requests are resumed as soon as the reply arrives.
        "portal": longBatchInterval,
        "identity": longIntervals.merging([
            "QUAN_IDENTITY_SANDBOX_SIGN_IN": "true", "QUAN_IDENTITY_CREDIT_SOURCE": "sandbox-clean",
            // Shorter than the others, because its replies go to ordering, where large batches of them delay orders.
            "QUAN_MESSAGING_PACE": "50ms", "QUAN_MESSAGING_RELAY_PACE": "20ms",
        ]) { $1 },
        // The bank simulator responds at once, so short timeouts are enough. The account's name contains the word SANDBOX.
        "payout": longIntervals.merging([
            "QUAN_PAYOUT_PAYER_NAME": "SANDBOX 沙箱付款账户", "QUAN_PAYOUT_PAYER_ACCOUNT": sandboxAccount,
            "QUAN_PAYOUT_PAYER_BANK_CODE": "102100099996",
            "QUAN_PAYOUT_EXCHANGE_DEADLINE": "1s", "QUAN_PAYOUT_PATIENCE": "2s", "QUAN_PAYOUT_STATEMENT_EVERY": "5s",
        ]) { $1 },
    ]

    /// Former names of settings, which an environment may still use, and their present names.
    private static let formerNames = ["QUAN_MESSAGING_LANES": "QUAN_MESSAGING_WORKERS"]

    /// The environment of a service: the operator's environment, completed by the values of this type. Variables of other services are
    /// removed, because a service refuses settings that it does not know.
    ///
    /// - Parameter embedded: the installation's values for the embedded broker; nil with another Kafka.
    package static func settings(
        of service: PlatformService, environment: [String: String], embedded: [String: String]?, rehearsal: Date?
    ) -> [String: String] {
        let others = PlatformService.all.filter { $0 != service }.map { "QUAN_\($0.name.uppercased())_" }
        var settings = environment.filter { variable in !others.contains { variable.key.hasPrefix($0) } }
        for (former, name) in formerNames {
            guard let value = settings.removeValue(forKey: former) else { continue }
            settings[name] = settings[name] ?? value
        }
        // This variable is for the operator's commands only.
        settings["QUAN_SERVICES_URL"] = nil
        settings.merge(common) { given, _ in given }
        settings.merge(serviceSettings[service.name] ?? [:]) { given, _ in given }
        if let embedded {
            settings.merge(embedded) { given, _ in given }
            if backgroundReaders.contains(service.name) { settings.merge(backgroundFetch) { given, _ in given } }
            settings.merge(embeddedBroker) { given, _ in given }
        }
        if let rehearsal {
            settings["QUAN_REHEARSAL"] = "true"
            if service.name == "timer" { settings["QUAN_REHEARSAL_STARTS_AT"] = rehearsal.ISO8601Format() }
        }
        return settings
    }
}
