/// The settings that every service has.
public enum HostSettings {
    /// The setting `database.host`.
    public static let databaseHost = Setting.text(
        "database.host", standard: "localhost", "Host of the PostgreSQL server, or the folder of its socket (begins with /).")
    /// The setting `database.port`.
    public static let databasePort = Setting.integer(
        "database.port", standard: 5432, in: 1...65535, "Port of the PostgreSQL server.")
    /// The setting `database.name`.
    public static let databaseName = Setting.optionalText(
        "database.name", "Name of the service's database; the service's name when not set.")
    /// The setting `database.user`.
    public static let databaseUser = Setting.optionalText(
        "database.user", "Name of the service's database role; the service's name when not set.")
    /// The setting `database.password`.
    public static let databasePassword = Setting.optionalText(
        "database.password", secret: true, "Password of the database role.")
    /// The setting `database.sslmode`.
    public static let databaseSSLMode = Setting.choice(
        "database.sslmode", of: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"], standard: "prefer",
        "Encryption of connections and check of the server's certificate, as libpq's sslmode.")
    /// The setting `database.sslrootcert`.
    public static let databaseSSLRootCertificate = Setting.optionalText(
        "database.sslrootcert", "File (PEM) of the authority that the server's certificate is checked against.")
    /// The setting `database.sslcert`.
    public static let databaseSSLCertificate = Setting.optionalText(
        "database.sslcert", "File (PEM) of the client certificate that is shown to the server.")
    /// The setting `database.sslkey`.
    public static let databaseSSLKey = Setting.optionalText("database.sslkey", "File (PEM) of the private key of database.sslcert.")
    /// The setting `database.maximumConnections`.
    public static let databaseMaximumConnections = Setting.integer(
        "database.maximumConnections", standard: 16, in: 1...1000,
        "Maximum number of open connections of the pool. In addition messaging has one for each worker, three, and one for notifications.")
    /// The setting `database.connectTimeout`.
    public static let databaseConnectTimeout = Setting.duration(
        "database.connectTimeout", standard: .seconds(5), in: .milliseconds(100)...(.seconds(300)),
        "Maximum time to open a connection.")
    /// The setting `database.leaseDeadline`.
    public static let databaseLeaseDeadline = Setting.duration(
        "database.leaseDeadline", standard: .seconds(10), in: .milliseconds(10)...(.seconds(600)),
        "Maximum time that a request or handler waits for a free connection of the pool.")
    /// The setting `database.statementTimeout`.
    public static let databaseStatementTimeout = Setting.duration(
        "database.statementTimeout", standard: .seconds(60), in: .milliseconds(10)...(.seconds(3600)),
        "Maximum duration of a statement; migrations are exempt.")

    /// The setting `kafka.bootstrapServers`.
    public static let kafkaBootstrapServers = Setting.list(
        "kafka.bootstrapServers", standard: ["localhost:9092"], "Kafka brokers to connect to first, as host:port.")
    /// The setting `kafka.properties`.
    public static let kafkaProperties = Setting.properties(
        "kafka.properties", secret: true,
        "Further properties for librdkafka, such as security.protocol, sasl.mechanism, sasl.username, sasl.password, ssl.ca.location.")

    /// The setting `log.level`.
    public static let logLevel = Setting.choice(
        "log.level", of: ["trace", "debug", "info", "notice", "warning", "error", "critical"], standard: "info",
        "Least severe level that is logged.")

    /// The setting `instance.name`.
    public static let instanceName = Setting.optionalText(
        "instance.name", "Name of this process among those of its service; the machine's host name when not set.")
    /// The setting `instance.startDeadline`.
    public static let startDeadline = Setting.duration(
        "instance.startDeadline", standard: .seconds(60), in: .milliseconds(100)...(.seconds(3600)),
        "Maximum time to wait at the start for the database, and for migrations that another instance applies.")
    /// The setting `instance.shutdownDeadline`.
    public static let shutdownDeadline = Setting.duration(
        "instance.shutdownDeadline", standard: .seconds(25), in: .milliseconds(100)...(.seconds(600)),
        "Maximum time from the first SIGTERM or SIGINT to the end of the process; the next start continues unfinished work.")

    /// The setting `instance.migrateOnly`.
    public static let migrateOnly = Setting.boolean(
        "instance.migrateOnly", standard: false, "Apply the database migrations, and end.")

    /// The setting `rehearsal`.
    public static let rehearsal = Setting.boolean(
        "rehearsal", standard: false,
        "Whether this is a rehearsal, whose clock an operator advances. The same for all services; it cannot be changed.")

    /// The setting `profile`.
    public static let profile = Setting.choice(
        "profile", of: ["development", productionProfile], standard: "development",
        "Kind of installation. With production a service refuses to start with sandbox values, unencrypted connections or missing secrets.")
    /// The profile that adds the rules for production installations.
    public static let productionProfile = "production"

    /// The setting `instance.checkOnly`.
    public static let checkOnly = Setting.boolean(
        "instance.checkOnly", standard: false,
        "Check the settings, print the problems, and end without any connection. Exit code 0, or 64 when settings are refused.")

    /// The setting `offices`.
    public static let offices = Setting.list(
        "offices", standard: [],
        "The offices of each programme, as programme/role=organisation; the same for all services. Only people of these "
            + "organisations are officers and reviewers. In a rehearsal without offices, the first organisation to act is the office.")

    /// All of them, in the order of `--help`.
    public static let all: [SettingDeclaration] = stores + HTTPSettings.all + process

    private static let stores: [SettingDeclaration] = [
        databaseHost.declaration, databasePort.declaration, databaseName.declaration, databaseUser.declaration,
        databasePassword.declaration, databaseSSLMode.declaration, databaseSSLRootCertificate.declaration,
        databaseSSLCertificate.declaration, databaseSSLKey.declaration, databaseMaximumConnections.declaration,
        databaseConnectTimeout.declaration, databaseLeaseDeadline.declaration, databaseStatementTimeout.declaration,
        kafkaBootstrapServers.declaration, kafkaProperties.declaration,
    ]

    private static let process: [SettingDeclaration] = [
        logLevel.declaration, instanceName.declaration, startDeadline.declaration, shutdownDeadline.declaration, rehearsal.declaration,
        offices.declaration, migrateOnly.declaration, checkOnly.declaration, profile.declaration,
    ]
}
