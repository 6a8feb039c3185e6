public import Kafka
public import Logging
public import Postgres

/// What a service's parts are built from.
public struct ServiceContext: Sendable {
    /// The service's name.
    public let name: String
    /// This process's name among those of its service.
    public let instance: String
    /// All settings, checked.
    public let settings: Settings
    /// Writes JSON lines; derive others from it with `Logger(label:)`.
    public let logger: Logger
    /// Where metrics go; also the process's factory for everything that names none.
    public let metrics: PrometheusMetrics
    /// Connections to the service's own database. It closes after all components have ended.
    public let pool: PostgresPool
    /// How to reach the brokers.
    public let kafka: KafkaConfiguration
    /// Add a check for everything the service cannot work without.
    public let readiness: Readiness
    /// Add every loop that must keep turning.
    public let liveness: Liveness
}
