import Foundation
import ServiceHost

/// The address of the bank's interface, with the files for TLS.
struct BankAddress: Sendable, Hashable {
    /// The address without a trailing slash.
    let base: String
    /// Whether the connection is encrypted (https).
    let isEncrypted: Bool
    /// File (PEM) of the authorities that the bank's certificate is checked against; the system's when nil.
    var trustRoots: String?
    /// Files (PEM) of the client certificate's chain and of its private key, if the bank requires a client certificate.
    var certificate: String?
    var privateKey: String?

    /// Reads an address such as `https://bank.example:8443/quan`. Throws `InvalidPayoutSetting` when it is invalid.
    init(url: String) throws {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.user == nil, parts.query == nil, parts.fragment == nil
        else { throw InvalidPayoutSetting(description: "an address such as https://bank.example:8443/quan is expected") }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        isEncrypted = scheme == "https"
    }

    /// Reads the address from the settings. Throws `InvalidPayoutSetting` when `payout.bankUrl` is no address.
    init(_ settings: Settings) throws {
        try self.init(url: settings[PayoutSettings.bankURL])
        trustRoots = settings[PayoutSettings.bankTrustRoots]
        certificate = settings[PayoutSettings.bankCertificate]
        privateKey = settings[PayoutSettings.bankPrivateKey]
    }
}
