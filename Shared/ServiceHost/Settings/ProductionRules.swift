/// The rules that every service of a production installation must meet. Services add rules about their own settings.
enum ProductionRules {
    static let all: [SettingsRule] = [
        .production(HostSettings.rehearsal) { settings in
            settings[HostSettings.rehearsal] ? "the clock of a rehearsal is moved by an operator; set it to false" : nil
        },
        .production(HostSettings.databaseSSLMode) { settings in
            let (host, mode) = (settings[HostSettings.databaseHost], settings[HostSettings.databaseSSLMode])
            guard !isThisMachine(host), ["disable", "allow", "prefer"].contains(mode) else { return nil }
            return "with '\(mode)' the connection to \(host) may be unencrypted; set require, verify-ca or verify-full"
        },
        .production(HostSettings.kafkaProperties) { settings in
            let servers = settings[HostSettings.kafkaBootstrapServers].filter { !isThisMachine(hostName($0)) }
            let encrypted = ["ssl", "sasl_ssl"].contains(settings[HostSettings.kafkaProperties]["security.protocol"]?.lowercased())
            guard let server = servers.first, !encrypted else { return nil }
            return "the connection to \(server) would be unencrypted; set security.protocol to SSL or SASL_SSL"
        },
        .production(HostSettings.offices) { settings in
            settings[HostSettings.offices].allSatisfy(\.isEmpty)
                ? "no office is set, so there are no officers or reviewers; set programme/role=organisation for each office" : nil
        },
    ]

    /// Whether a host is the folder of a Unix socket or an address of this machine.
    static func isThisMachine(_ host: String) -> Bool {
        host.hasPrefix("/") || host.isEmpty || host == "localhost" || host == "::1" || host == "[::1]" || isLoopback(host)
    }

    /// Whether a text is an IPv4 address of 127.0.0.0/8, and not a name such as `127.example.com`.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The host of `host:port`.
    private static func hostName(_ server: String) -> String {
        let address = server.split(separator: "/").last.map(String.init) ?? server
        guard let colon = address.lastIndex(of: ":"), !address.hasSuffix("]") else { return address }
        return String(address[..<colon])
    }
}
