import Kafka
import Postgres

extension PostgresConfiguration {
    /// Reads the connection from the settings; `service` is the default name of the database and the role.
    init(_ settings: Settings, service: String, instance: String) {
        self.init(
            host: settings[HostSettings.databaseHost], port: settings[HostSettings.databasePort],
            database: settings[HostSettings.databaseName] ?? service, user: settings[HostSettings.databaseUser] ?? service,
            password: settings[HostSettings.databasePassword])
        tls = PostgresTLS(
            mode: PostgresTLS.Mode(rawValue: settings[HostSettings.databaseSSLMode]) ?? .prefer,
            rootCertificate: settings[HostSettings.databaseSSLRootCertificate],
            certificate: settings[HostSettings.databaseSSLCertificate], key: settings[HostSettings.databaseSSLKey])
        applicationName = "\(service) \(instance)"
        connectTimeout = settings[HostSettings.databaseConnectTimeout]
        statementTimeout = settings[HostSettings.databaseStatementTimeout]
        maximumConnections = settings[HostSettings.databaseMaximumConnections]
        leaseDeadline = settings[HostSettings.databaseLeaseDeadline]
    }
}

extension KafkaConfiguration {
    /// Reads the connection from the settings.
    init(_ settings: Settings, service: String, instance: String) {
        self.init(
            bootstrapServers: settings[HostSettings.kafkaBootstrapServers].joined(separator: ","), clientID: "\(service)-\(instance)",
            properties: settings[HostSettings.kafkaProperties])
    }
}

extension PostgresPool {
    private static let alive = PostgresStatement("readiness", "select 1")

    /// Checks that a statement can be run. A pool whose connections are all in use is well if one becomes free within the deadline.
    func healthState(within deadline: Duration) async -> HealthState {
        do {
            _ = try await withConnection(deadline: deadline) { try await $0.query(Self.alive) }
            return .well
        } catch {
            return .unwell("\(error)")
        }
    }
}
