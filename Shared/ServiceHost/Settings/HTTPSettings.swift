/// The settings of a service's HTTP listener.
public enum HTTPSettings {
    private static let standard = ConnectionBounds()

    /// The address that it binds.
    public static let host = Setting.text("http.host", standard: "127.0.0.1", "Address that the HTTP listener binds.")
    /// The port that it binds.
    public static let port = Setting.integer(
        "http.port", standard: 8080, in: 0...65535, "Port that the HTTP listener binds; 0 takes a free one and logs it.")
    /// How large a request's body may be.
    public static let greatestBodyBytes = Setting.integer(
        "http.greatestBodyBytes", standard: 6 << 20, in: 1024...(1 << 30), "Greatest size of a request's body in bytes.")
    /// How long answering a request may take.
    public static let requestDeadline = Setting.duration(
        "http.requestDeadline", standard: .seconds(30), in: .milliseconds(10)...(.seconds(600)),
        "Longest time that answering one request may take.")
    /// How many connections there may be.
    public static let maximumConnections = Setting.integer(
        "http.maximumConnections", standard: standard.mostConnections, in: 1...100_000,
        "Greatest number of HTTP connections at once. At the bound a new one takes the place of one that has sent no complete request.")
    /// How many connections one client may have.
    public static let maximumConnectionsPerClient = Setting.integer(
        "http.maximumConnectionsPerClient", standard: standard.mostConnectionsOfClient, in: 1...100_000,
        """
        Greatest number of HTTP connections, and of requests under way, of one client's address. Many people may share an address. \
        Connections of configured proxies are not counted, their requests are.
        """)
    /// How long a request's head may take.
    public static let headDeadline = Setting.duration(
        "http.headDeadline", standard: standard.headDeadline, in: .milliseconds(100)...(.seconds(300)),
        "Longest time from a connection's opening, or from a request's first byte, until the request's head is complete.")
    /// How long a connection may rest.
    public static let idleDeadline = Setting.duration(
        "http.idleDeadline", standard: standard.idleDeadline, in: .milliseconds(100)...(.seconds(3600)),
        "Longest time that a connection rests between two requests.")
    /// How long a request's body may take besides its size.
    public static let bodyGrace = Setting.duration(
        "http.bodyGrace", standard: standard.bodyGrace, in: .milliseconds(100)...(.seconds(300)),
        "Longest time for a request's body, besides what it may take at the least rate.")
    /// At which rate a request's body comes at least.
    public static let leastBodyBytesPerSecond = Setting.integer(
        "http.leastBodyBytesPerSecond", standard: standard.leastBodyBytesPerSecond, in: 1...(1 << 30),
        "Least rate of a request's body in bytes a second; a slower one is cut off.")
    /// The proxies that stand before the listener.
    public static let trustedProxies = Setting.list(
        "http.trustedProxies", standard: [],
        "Proxies before the listener, as addresses or networks (10.0.0.0/8): what they forward tells the client's address.")
    /// Which header the proxies write.
    public static let forwardedHeader = Setting.choice(
        "http.forwardedHeader", of: ClientAddresses.Header.allCases.map(\.rawValue),
        standard: ClientAddresses.Header.xForwardedFor.rawValue,
        "Header in which the configured proxies tell a client's address; they must not pass on one that a client wrote.")

    static let all: [SettingDeclaration] = [
        host.declaration, port.declaration, greatestBodyBytes.declaration, requestDeadline.declaration, maximumConnections.declaration,
        maximumConnectionsPerClient.declaration, headDeadline.declaration, idleDeadline.declaration, bodyGrace.declaration,
        leastBodyBytesPerSecond.declaration, trustedProxies.declaration, forwardedHeader.declaration,
    ]
}

extension HTTPListener.Bounds {
    /// The bounds as the settings have them. Throws `StartFailure` for a proxy that is no address.
    init(_ settings: Settings) throws {
        let proxies = try settings[HTTPSettings.trustedProxies].map { text in
            guard let network = IPNetwork(text) else {
                throw StartFailure(.usage, "http.trustedProxies: '\(text)' is neither an address nor a network such as 10.0.0.0/8")
            }
            return network
        }
        self.init(
            greatestBodyBytes: settings[HTTPSettings.greatestBodyBytes], requestDeadline: settings[HTTPSettings.requestDeadline],
            connections: ConnectionBounds(
                headDeadline: settings[HTTPSettings.headDeadline], idleDeadline: settings[HTTPSettings.idleDeadline],
                bodyGrace: settings[HTTPSettings.bodyGrace], leastBodyBytesPerSecond: settings[HTTPSettings.leastBodyBytesPerSecond],
                mostConnections: settings[HTTPSettings.maximumConnections],
                mostConnectionsOfClient: settings[HTTPSettings.maximumConnectionsPerClient]),
            clients: ClientAddresses(
                proxies: proxies, header: ClientAddresses.Header(rawValue: settings[HTTPSettings.forwardedHeader]) ?? .xForwardedFor))
    }
}
