/// The settings of a service's HTTP listener.
public enum HTTPSettings {
    private static let standard = ConnectionBounds()

    /// The setting `http.host`.
    public static let host = Setting.text("http.host", standard: "127.0.0.1", "Address that the HTTP listener binds.")
    /// The setting `http.port`.
    public static let port = Setting.integer(
        "http.port", standard: 8080, in: 0...65535, "Port that the HTTP listener binds; with 0 it binds a free port and logs it.")
    /// The setting `http.greatestBodyBytes`.
    public static let greatestBodyBytes = Setting.integer(
        "http.greatestBodyBytes", standard: 6 << 20, in: 1024...(1 << 30), "Maximum size of a request's body in bytes.")
    /// The setting `http.requestDeadline`.
    public static let requestDeadline = Setting.duration(
        "http.requestDeadline", standard: .seconds(30), in: .milliseconds(10)...(.seconds(600)),
        "Maximum time to answer a request.")
    /// The setting `http.maximumConnections`.
    public static let maximumConnections = Setting.integer(
        "http.maximumConnections", standard: standard.maximumConnections, in: 1...100_000,
        "Maximum number of HTTP connections. At the bound a new connection replaces one that has sent no complete request.")
    /// The setting `http.maximumConnectionsPerClient`.
    public static let maximumConnectionsPerClient = Setting.integer(
        "http.maximumConnectionsPerClient", standard: standard.maximumConnectionsPerClient, in: 1...100_000,
        """
        Maximum number of HTTP connections, and of concurrent requests, of one client's address. Many people may share an address. \
        Connections of configured proxies are not counted; their requests are.
        """)
    /// The setting `http.headDeadline`.
    public static let headDeadline = Setting.duration(
        "http.headDeadline", standard: standard.headDeadline, in: .milliseconds(100)...(.seconds(300)),
        "Maximum time to receive a request's head, from its first byte or, on a new connection, from the opening.")
    /// The setting `http.idleDeadline`.
    public static let idleDeadline = Setting.duration(
        "http.idleDeadline", standard: standard.idleDeadline, in: .milliseconds(100)...(.seconds(3600)),
        "Maximum time that a connection stays open between two requests.")
    /// The setting `http.bodyGrace`.
    public static let bodyGrace = Setting.duration(
        "http.bodyGrace", standard: standard.bodyGrace, in: .milliseconds(100)...(.seconds(300)),
        "Time that a request's body may take in addition to its size divided by http.leastBodyBytesPerSecond.")
    /// The setting `http.leastBodyBytesPerSecond`.
    public static let leastBodyBytesPerSecond = Setting.integer(
        "http.leastBodyBytesPerSecond", standard: standard.leastBodyBytesPerSecond, in: 1...(1 << 30),
        "Minimum rate of a request's body in bytes per second; a slower request is cancelled.")
    /// The setting `http.trustedProxies`.
    public static let trustedProxies = Setting.list(
        "http.trustedProxies", standard: [],
        "Addresses or networks (10.0.0.0/8) of the reverse proxies; only their header is trusted to name the client's address.")
    /// The setting `http.forwardedHeader`.
    public static let forwardedHeader = Setting.choice(
        "http.forwardedHeader", of: ClientAddresses.Header.allCases.map(\.rawValue),
        standard: ClientAddresses.Header.xForwardedFor.rawValue,
        "Header in which these proxies name the client's address; they must remove it from requests of clients.")

    static let rules: [SettingsRule] = [
        .readable(trustedProxies) { settings in _ = try HTTPListener.Bounds(settings) }
    ]

    static let all: [SettingDeclaration] = [
        host.declaration, port.declaration, greatestBodyBytes.declaration, requestDeadline.declaration, maximumConnections.declaration,
        maximumConnectionsPerClient.declaration, headDeadline.declaration, idleDeadline.declaration, bodyGrace.declaration,
        leastBodyBytesPerSecond.declaration, trustedProxies.declaration, forwardedHeader.declaration,
    ]
}

extension HTTPListener.Bounds {
    /// Reads the bounds from the settings. Throws `StartFailure` when a proxy is neither an address nor a network.
    init(_ settings: Settings) throws {
        let proxies = try settings[HTTPSettings.trustedProxies].map { text in
            guard let network = IPNetwork(text) else {
                throw StartFailure(.usage, "'\(text)' is neither an address nor a network such as 10.0.0.0/8")
            }
            return network
        }
        self.init(
            maximumBodyBytes: settings[HTTPSettings.greatestBodyBytes], requestDeadline: settings[HTTPSettings.requestDeadline],
            connections: ConnectionBounds(
                headDeadline: settings[HTTPSettings.headDeadline], idleDeadline: settings[HTTPSettings.idleDeadline],
                bodyGrace: settings[HTTPSettings.bodyGrace], leastBodyBytesPerSecond: settings[HTTPSettings.leastBodyBytesPerSecond],
                maximumConnections: settings[HTTPSettings.maximumConnections],
                maximumConnectionsPerClient: settings[HTTPSettings.maximumConnectionsPerClient]),
            clients: ClientAddresses(
                proxies: proxies, header: ClientAddresses.Header(rawValue: settings[HTTPSettings.forwardedHeader]) ?? .xForwardedFor))
    }
}
