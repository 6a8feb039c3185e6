/// The TLS settings of a connection, passed unchanged to libpq (`sslmode`, `sslrootcert`, `sslcert`, `sslkey`). They do not apply to
/// Unix sockets.
public struct PostgresTLS: Sendable, Hashable {
    /// libpq's `sslmode` (libpq manual, "SSL Mode Descriptions").
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Never encrypt.
        case disable
        /// Encrypt only if the server requires it.
        case allow
        /// Encrypt if the server supports it; the certificate is not verified.
        case prefer
        /// Encrypt or fail; the certificate is verified only if a root certificate is given.
        case require
        /// Encrypt, and the certificate must be signed by the root certificate.
        case verifyCA = "verify-ca"
        /// Encrypt, and the certificate must be signed by the root certificate and contain the host name.
        case verifyFull = "verify-full"
    }

    /// The mode.
    public var mode: Mode
    /// Path of the PEM file of trusted certificates, or `system` where libpq supports it.
    public var rootCertificate: String?
    /// Path of the client's certificate.
    public var certificate: String?
    /// Path of the client's private key.
    public var key: String?

    /// libpq's own default is `prefer`.
    public init(mode: Mode = .prefer, rootCertificate: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.mode = mode
        self.rootCertificate = rootCertificate
        self.certificate = certificate
        self.key = key
    }
}

/// The address of the database, the credentials and the timeouts.
public struct PostgresConfiguration: Sendable {
    /// A host name, an address, or the folder of a Unix socket (starting with `/`).
    public var host: String
    /// The TCP port; also part of the Unix socket's file name.
    public var port: Int
    /// The database's name.
    public var database: String
    /// The role that connects.
    public var user: String
    /// The role's password; nil lets libpq use its password file.
    public var password: String?
    /// The TLS settings.
    public var tls = PostgresTLS()
    /// The name shown in `pg_stat_activity`.
    public var applicationName = "quan"
    /// The timeout of one connection attempt, counted from when the host name is resolved.
    public var connectTimeout: Duration = .seconds(5)
    /// The server cancels a statement after this; with nil only the client's own timeout of 60 s applies.
    public var statementTimeout: Duration? = .seconds(30)
    /// The server stops waiting for a lock after this (SQLSTATE 55P03).
    public var lockTimeout: Duration? = .seconds(10)
    /// The server ends a session that is idle in a transaction for this long.
    public var idleInTransactionTimeout: Duration? = .seconds(60)
    /// Server settings for these sessions, such as `PostgresPlans.byKey`. Values must not contain spaces or backslashes.
    public var sessionSettings: [PostgresSetting] = []
    /// The maximum number of connections of the pool.
    public var maximumConnections = 8
    /// The default timeout of waiting for a lease.
    public var leaseDeadline: Duration = .seconds(10)

    /// Set the other properties afterwards where the defaults do not fit.
    public init(host: String, port: Int = 5432, database: String, user: String, password: String? = nil) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
    }

    /// How long the client waits for the result of one statement. Longer than the server's timeout, so that the server cancels the
    /// statement first and the connection remains usable.
    var resultTimeout: Duration { statementTimeout.map { $0 + .seconds(5) } ?? .seconds(60) }

    /// libpq's keywords and values.
    var parameters: [(keyword: String, value: String)] {
        var list: [(String, String)] = [
            ("host", host), ("port", String(port)), ("dbname", database), ("user", user), ("sslmode", tls.mode.rawValue),
            ("application_name", applicationName), ("client_encoding", "UTF8"), ("options", options),
            // Kerberos is not supported, and negotiating it costs a round trip.
            ("gssencmode", "disable"),
        ]
        let optional = [
            ("password", password), ("sslrootcert", tls.rootCertificate), ("sslcert", tls.certificate), ("sslkey", tls.key),
        ]
        for (keyword, value) in optional {
            if let value { list.append((keyword, value)) }
        }
        return list
    }

    private var options: String {
        let timeouts = [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
            // When a client disconnects, its statement must stop and its locks must be released.
            ("client_connection_check_interval", .seconds(1)),
        ]
        let bounds = timeouts.compactMap { name, value in value.map { "-c \(name)=\($0.wholeMilliseconds)" } }
        // JIT compilation takes longer than the short statements of the services.
        return (bounds + ["-c jit=off"] + sessionSettings.map { "-c \($0.name)=\($0.value)" }).joined(separator: " ")
    }
}
