package import Foundation

/// The settings that `quan up` gives to the services of an installation on one machine, which is a sandbox.
package enum OneMachine {
    /// The settings of every service, in addition to its database and Kafka.
    private static let common = [
        "QUAN_INSTANCE_NAME": "one", "QUAN_INSTANCE_SHUTDOWN_DEADLINE": "10s", "QUAN_MESSAGING_SINGLE_INSTANCE": "true",
        "QUAN_MESSAGING_EVENT_LINGER": "50ms",
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

    /// The batch interval of services whose replies a caller waits for: a few messages share a transaction under load.
    private static let shortInterval = ["QUAN_MESSAGING_BATCH_INTERVAL": "6ms"]
    /// The batch interval of the others: fewer transactions, each of which the disk has to confirm.
    private static let longInterval = ["QUAN_MESSAGING_BATCH_INTERVAL": "100ms"]
    private static let respondingServices: Set = ["ordering"]

    /// The paying account of a sandbox, which is also the account of the bank simulator's statement.
    static let sandboxAccount = "SANDBOX0000000000001"

    /// The settings of single services.
    private static let serviceSettings = [
        "identity": ["QUAN_IDENTITY_SANDBOX_SIGN_IN": "true", "QUAN_IDENTITY_CREDIT_SOURCE": "sandbox-clean"],
        // The bank simulator responds at once, so short timeouts are enough. The account's name contains the word SANDBOX.
        "payout": [
            "QUAN_PAYOUT_PAYER_NAME": "SANDBOX 沙箱付款账户", "QUAN_PAYOUT_PAYER_ACCOUNT": sandboxAccount,
            "QUAN_PAYOUT_PAYER_BANK_CODE": "102100099996",
            "QUAN_PAYOUT_EXCHANGE_DEADLINE": "1s", "QUAN_PAYOUT_PATIENCE": "2s", "QUAN_PAYOUT_STATEMENT_EVERY": "5s",
        ],
    ]

    /// Former names of settings, which an environment may still use, and their present names.
    private static let formerNames = [
        "QUAN_MESSAGING_LANES": "QUAN_MESSAGING_WORKERS", "QUAN_MESSAGING_PACE": "QUAN_MESSAGING_BATCH_INTERVAL",
        "QUAN_MESSAGING_GATHERING": "QUAN_MESSAGING_EVENT_LINGER",
    ]

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
        settings.merge(respondingServices.contains(service.name) ? shortInterval : longInterval) { given, _ in given }
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
