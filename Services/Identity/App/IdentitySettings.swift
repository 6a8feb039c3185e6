import IdentityDomain
import ServiceHost

/// The settings of `identity`.
enum IdentitySettings {
    static let creditSource = Setting.choice(
        "identity.creditSource", of: CreditSource.allCases.map(\.rawValue), standard: CreditSource.recorded.rawValue,
        "How an enterprise without a credit record counts: recorded refuses it as unchecked; sandbox-clean counts it as clean.")
    static let masterKey = Setting.optionalText(
        "identity.masterKey", secret: true,
        "Encrypts the private signing keys in the database; at least 32 characters. Without it they are stored unencrypted.")
    static let keyLife = Setting.duration(
        "identity.keyLife", standard: .seconds(30 * 86_400), in: .seconds(3600)...(.seconds(366 * 86_400)),
        "How long a key signs tokens before it is replaced.")
    static let keyLead = Setting.duration(
        "identity.keyLead", standard: .seconds(600), in: .seconds(0)...(.seconds(86_400)),
        "How long a new key is published before it signs tokens.")
    static let sandboxSignIn = Setting.boolean(
        "identity.sandboxSignIn", standard: false,
        "Whether POST /sandbox/token issues a token for any person, organisation and roles without a check. Never in production.")
    static let tokenLifetime = Setting.duration(
        "identity.tokenLifetime", standard: .seconds(900), in: .seconds(10)...(.seconds(86_400)), "How long an access token is valid.")

    /// The rules between these settings.
    static let rules: [SettingsRule] = [
        .readable(masterKey) { _ = try $0[masterKey].map { try KeySeal(masterKey: $0) } },
        .production(masterKey) { $0[masterKey] == nil ? "without it the signing keys are stored unencrypted; set it" : nil },
        .production(sandboxSignIn) { settings in
            settings[sandboxSignIn] ? "anybody could sign in as anybody; set it to false" : nil
        },
        .production(creditSource) { settings in
            settings[creditSource] == CreditSource.recorded.rawValue
                ? nil : "an enterprise without a credit record would count as clean; set \(CreditSource.recorded.rawValue)"
        },
    ]

    static let all: [SettingDeclaration] = [
        creditSource.declaration, masterKey.declaration, keyLife.declaration, keyLead.declaration, sandboxSignIn.declaration,
        tokenLifetime.declaration,
    ]
}

extension Duration {
    /// The duration in whole seconds.
    var wholeSeconds: Double { Double(components.seconds) }
}
