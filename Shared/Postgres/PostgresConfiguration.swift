/// How a connection is encrypted and whom it trusts; passed to libpq as it is (`sslmode`, `sslrootcert`, `sslcert`, `sslkey`).
/// Over a Unix socket none of it applies.
public struct PostgresTLS: Sendable, Hashable {
    /// libpq's `sslmode`, whose meaning it keeps (libpq manual, "SSL Mode Descriptions").
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Never encrypt.
        case disable
        /// Encrypt only if the server insists.
        case allow
        /// Encrypt if the server can; nothing is verified.
        case prefer
        /// Encrypt or fail; the certificate is verified only if a root certificate is given.
        case require
        /// Encrypt, and the certificate must be signed by the root certificate.
        case verifyCA = "verify-ca"
        /// Encrypt, and the certificate must be signed by the root certificate and name the host.
        case verifyFull = "verify-full"
    }

    /// What is asked of the encryption.
    public var mode: Mode
    /// Path of the PEM file of trusted certificates, or `system` where libpq knows it.
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

/// Where the database is, who connects, and the bounds of everything that waits for it.
public struct PostgresConfiguration: Sendable {
    /// A host name, an address, or the folder of a Unix socket (it starts with `/`).
    public var host: String
    /// The TCP port; it is part of the Unix socket's file name too.
    public var port: Int
    /// The database's name.
    public var database: String
    /// The role that connects.
    public var user: String
    /// Its password; nil lets libpq look into its password file.
    public var password: String?
    /// Encryption.
    public var tls = PostgresTLS()
    /// Shown in `pg_stat_activity`.
    public var applicationName = "quan"
    /// How long one attempt to connect may take, once the host's name is resolved.
    public var connectTimeout: Duration = .seconds(5)
    /// The server cancels a statement after this; nil sets no limit there, and the client's own bound of 60 s remains.
    public var statementTimeout: Duration? = .seconds(30)
    /// The server gives up waiting for a lock after this (SQLSTATE 55P03).
    public var lockTimeout: Duration? = .seconds(10)
    /// The server ends a session that idles within a transaction for this long.
    public var idleInTransactionTimeout: Duration? = .seconds(60)
    /// Settings of the server for these sessions, such as `PostgresPlans.byKey`. Values have no spaces and no backslashes.
    public var sessionSettings: [PostgresSetting] = []
    /// The most connections the pool opens.
    public var maximumConnections = 8
    /// How long a lease may be waited for, unless the caller says otherwise.
    public var leaseDeadline: Duration = .seconds(10)

    /// The rest is set on the value afterwards, where the defaults do not fit.
    public init(host: String, port: Int = 5432, database: String, user: String, password: String? = nil) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
    }

    /// How long the client waits for the answer to one statement: past the server's own timeout, so that it is the
    /// server who speaks first and the connection survives.
    var answerBound: Duration { statementTimeout.map { $0 + .seconds(5) } ?? .seconds(60) }

    /// libpq's keywords and values.
    var parameters: [(keyword: String, value: String)] {
        var list: [(String, String)] = [
            ("host", host), ("port", String(port)), ("dbname", database), ("user", user), ("sslmode", tls.mode.rawValue),
            ("application_name", applicationName), ("client_encoding", "UTF8"), ("options", options),
            // Kerberos is not supported here, and asking for it costs a round trip.
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
            // A client that gave up or died must not leave its statement running and its locks held.
            ("client_connection_check_interval", .seconds(1)),
        ]
        let bounds = timeouts.compactMap { name, value in value.map { "-c \(name)=\($0.wholeMilliseconds)" } }
        // Compiling a plan takes longer than any of the short statements that a service runs.
        return (bounds + ["-c jit=off"] + sessionSettings.map { "-c \($0.name)=\($0.value)" }).joined(separator: " ")
    }
}
