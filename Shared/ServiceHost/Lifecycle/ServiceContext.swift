public import Kafka
public import Logging
public import Postgres

/// The objects that a service's parts are built from.
public struct ServiceContext: Sendable {
    /// The service's name.
    public let name: String
    /// The name of this process among the instances of its service.
    public let instance: String
    /// The checked settings.
    public let settings: Settings
    /// Writes JSON lines, as every `Logger(label:)` of the process does.
    public let logger: Logger
    /// The metrics; also the process's default metrics factory.
    public let metrics: PrometheusMetrics
    /// The connections to the service's database. It is closed after all components have ended.
    public let pool: PostgresPool
    /// The configuration of Kafka clients.
    public let kafka: KafkaConfiguration
    /// Readiness; add a check for each thing that the service needs to work.
    public let readiness: Readiness
    /// Liveness; add each loop that must keep running.
    public let liveness: Liveness
}
