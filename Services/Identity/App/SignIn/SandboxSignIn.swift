import Access
import Foundation
import Kernel
import Messaging

/// There is no signing key yet.
struct NoSigningKey: Error {}

/// Issues a token for any person, organisation and roles without a check: for one machine and for rehearsals only. In production the city's
/// identity platform takes its place (BJ26-58).
struct SandboxSignIn: Sendable {
    /// The requested principal.
    struct Request: Decodable {
        let person: String
        let organisation: UUID
        let roles: Set<String>
    }

    /// The token and the instant of its expiry.
    struct Answer: Codable {
        let token: String
        let expiresAt: Date
    }

    let keys: KeyRotator
    let lifetime: TimeInterval
    let isRehearsal: Bool
    let clock: any InstantSource

    /// Throws QUAN-01 for a malformed request, QUAN-10 for a reserved role, and `NoSigningKey`.
    func signIn(_ body: [UInt8]) throws -> Answer {
        let request: Request
        do throws(EnvelopeFault) {
            request = try MessageBody.decode(Request.self, from: body)
        } catch {
            throw PlatformRule.malformedMessage.refusal(LocalisedText(zh: "（\(error)）", en: "(\(error))"))
        }
        // The text is the person's identity, so surrounding blanks must not make a second person.
        let person = request.person.trimmingCharacters(in: .whitespacesAndNewlines)
        if let fault = PersonText.fault(in: person) { throw fault.refusal(field: "person") }
        guard (1...Principal.maximumRoles).contains(request.roles.count), request.roles.allSatisfy(Principal.isRole) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "（roles 须为1至\(Principal.maximumRoles)个不含空格的名称）",
                    en: "The field roles must hold 1 to \(Principal.maximumRoles) names without blanks."))
        }
        guard request.roles.isDisjoint(with: Principal.reservedRoles) else { throw PlatformRule.notPermitted.refusal() }
        let principal = Principal(person: person, organisation: request.organisation, roles: request.roles)
        guard principal.isWellFormed else { throw TokenFault.notAToken.refusal }
        return try token(for: principal)
    }

    private func token(for principal: Principal) throws -> Answer {
        guard let signer = keys.signer() else { throw NoSigningKey() }
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let claims = TokenClaims(
            principal: principal, issuedAt: now, expiresAt: now.addingTimeInterval(lifetime), tokenID: UUID(), isRehearsal: isRehearsal)
        return Answer(token: try signer.token(claims), expiresAt: claims.expiresAt)
    }
}
