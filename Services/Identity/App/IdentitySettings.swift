import IdentityDomain
import ServiceHost

/// The settings of `identity`.
enum IdentitySettings {
    static let creditSource = Setting.choice(
        "identity.creditSource", of: CreditSource.allCases.map(\.rawValue), standard: CreditSource.recorded.rawValue,
        "What counts for an enterprise of whose credit nothing is recorded: nobody has looked, so it is refused; or, in a sandbox, clean.")
    static let masterKey = Setting.optionalText(
        "identity.masterKey", secret: true,
        "Encrypts the private signing keys in the database; at least 32 characters. Without it they lie there as they are.")
    static let keyLife = Setting.duration(
        "identity.keyLife", standard: .seconds(30 * 86_400), in: .seconds(3600)...(.seconds(366 * 86_400)),
        "For how long a key signs tokens before a new one follows it.")
    static let keyLead = Setting.duration(
        "identity.keyLead", standard: .seconds(600), in: .seconds(0)...(.seconds(86_400)),
        "How long a new key is published before it signs.")
    static let sandboxSignIn = Setting.boolean(
        "identity.sandboxSignIn", standard: false,
        "Whether anybody may have a token for any person, organisation and roles at POST /sandbox/token. Never in production.")
    static let tokenLifetime = Setting.duration(
        "identity.tokenLifetime", standard: .seconds(900), in: .seconds(10)...(.seconds(86_400)), "For how long an access token is good.")

    static let all: [SettingDeclaration] = [
        creditSource.declaration, masterKey.declaration, keyLife.declaration, keyLead.declaration, sandboxSignIn.declaration,
        tokenLifetime.declaration,
    ]
}

extension Duration {
    /// In whole seconds.
    var wholeSeconds: Double { Double(components.seconds) }
}
