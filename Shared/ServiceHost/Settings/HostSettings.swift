/// The settings that every service has.
public enum HostSettings {
    /// The PostgreSQL server's host, or the folder of its socket.
    public static let databaseHost = Setting.text(
        "database.host", standard: "localhost", "Host of the PostgreSQL server, or the folder of its socket (begins with /).")
    /// The PostgreSQL server's port.
    public static let databasePort = Setting.integer(
        "database.port", standard: 5432, in: 1...65535, "Port of the PostgreSQL server.")
    /// The database; the service's own name when not set.
    public static let databaseName = Setting.optionalText(
        "database.name", "Database of this service; the service's own name when not set.")
    /// The role; the service's own name when not set.
    public static let databaseUser = Setting.optionalText(
        "database.user", "Database role of this service; the service's own name when not set.")
    /// The role's password.
    public static let databasePassword = Setting.optionalText(
        "database.password", secret: true, "Password of the database role.")
    /// How the connection is encrypted and checked.
    public static let databaseSSLMode = Setting.choice(
        "database.sslmode", of: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"], standard: "prefer",
        "How connections are encrypted and the server checked, as libpq's sslmode.")
    /// The authority that the server's certificate is checked against.
    public static let databaseSSLRootCertificate = Setting.optionalText(
        "database.sslrootcert", "File of the authority that the server's certificate is checked against.")
    /// The client's certificate.
    public static let databaseSSLCertificate = Setting.optionalText(
        "database.sslcert", "File of the client's certificate.")
    /// The client's key.
    public static let databaseSSLKey = Setting.optionalText("database.sslkey", "File of the client's private key.")
    /// The pool's size.
    public static let databaseMaximumConnections = Setting.integer(
        "database.maximumConnections", standard: 16, in: 1...1000,
        "Greatest number of connections that are open at once, besides those that messages have for themselves: one a lane, and three.")
    /// How long opening a connection may take.
    public static let databaseConnectTimeout = Setting.duration(
        "database.connectTimeout", standard: .seconds(5), in: .milliseconds(100)...(.seconds(300)),
        "Longest time that opening a connection may take.")
    /// How long a caller waits for a connection.
    public static let databaseLeaseDeadline = Setting.duration(
        "database.leaseDeadline", standard: .seconds(10), in: .milliseconds(10)...(.seconds(600)),
        "Longest time that a piece of work waits for a free connection.")
    /// How long a statement may run.
    public static let databaseStatementTimeout = Setting.duration(
        "database.statementTimeout", standard: .seconds(60), in: .milliseconds(10)...(.seconds(3600)),
        "Longest time that one statement may run; migrations are exempt.")

    /// The Kafka brokers.
    public static let kafkaBootstrapServers = Setting.list(
        "kafka.bootstrapServers", standard: ["localhost:9092"], "Kafka brokers to ask first, as host:port.")
    /// Anything else that librdkafka understands.
    public static let kafkaProperties = Setting.properties(
        "kafka.properties", secret: true,
        "Properties of librdkafka, such as security.protocol, sasl.mechanism, sasl.username, sasl.password, ssl.ca.location.")

    /// The least severe level that is logged.
    public static let logLevel = Setting.choice(
        "log.level", of: ["trace", "debug", "info", "notice", "warning", "error", "critical"], standard: "info",
        "Least severe level that is logged.")

    /// How this process calls itself.
    public static let instanceName = Setting.optionalText(
        "instance.name", "Name of this process among those of its service; the machine's host name when not set.")
    /// How long a start may wait for the database.
    public static let startDeadline = Setting.duration(
        "instance.startDeadline", standard: .seconds(60), in: .milliseconds(100)...(.seconds(3600)),
        "Longest time that a start waits for the database and for migrations that another instance runs.")
    /// How long stopping may take.
    public static let shutdownDeadline = Setting.duration(
        "instance.shutdownDeadline", standard: .seconds(25), in: .milliseconds(100)...(.seconds(600)),
        "Longest time from the first signal to the end; what is not drained then is left to the next start.")

    /// Whether the process only brings its tables up to date.
    public static let migrateOnly = Setting.boolean(
        "instance.migrateOnly", standard: false, "Bring the database's tables up to date, and end.")

    /// Whether this is a rehearsal: an installation whose clock is moved by hand.
    public static let rehearsal = Setting.boolean(
        "rehearsal", standard: false,
        "Whether this is a rehearsal, whose clock an operator moves on; the same for all services of an installation, and for good.")

    /// The offices of the programmes.
    public static let offices = Setting.list(
        "offices", standard: [],
        "The offices of each programme, as programme/role=organisation; the same for all services of an installation. Only their people act "
            + "and read as officers and reviewers. In a rehearsal without any, whoever is first to act becomes the office.")

    /// All of them, as `--help` shows them.
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
        offices.declaration,
        migrateOnly.declaration,
    ]
}
