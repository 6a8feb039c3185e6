import Access
import Foundation
import Kernel
import Messaging

/// No key signs yet.
struct NoKeyYet: Error {}

/// Gives a token to whoever asks, as whoever they say they are: for one machine and for rehearsals. The city's identity platform takes its
/// place in production (BJ26-58).
struct SandboxSignIn: Sendable {
    /// Who wants to be signed in as whom.
    struct Request: Decodable {
        let person: String
        let organisation: UUID
        let roles: Set<String>
    }

    /// The token, and until when it is good.
    struct Answer: Codable {
        let token: String
        let expiresAt: Date
    }

    let keys: KeyKeeper
    let lifetime: TimeInterval
    let isRehearsal: Bool
    let clock: any InstantSource

    /// Throws QUAN-01 for what is no request, QUAN-10 for a role that is nobody's, and `NoKeyYet`.
    func signIn(_ body: [UInt8]) throws -> Answer {
        let request: Request
        do throws(EnvelopeFault) {
            request = try MessageBody.decode(Request.self, from: body)
        } catch {
            throw PlatformRule.malformedMessage.refusal(LocalisedText(zh: "（\(error)）", en: "(\(error))"))
        }
        // Two persons are told apart by this text alone, so blanks around it never make a second one.
        let person = request.person.trimmingCharacters(in: .whitespacesAndNewlines)
        if let fault = PersonText.fault(in: person) { throw fault.refusal(field: "person") }
        guard (1...Principal.rolesAtMost).contains(request.roles.count), request.roles.allSatisfy(Principal.isRole) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "（roles 须为1至\(Principal.rolesAtMost)个不含空格的名称）",
                    en: "The field roles holds 1 to \(Principal.rolesAtMost) names without blanks."))
        }
        guard request.roles.isDisjoint(with: Principal.reservedRoles) else { throw PlatformRule.notPermitted.refusal() }
        let principal = Principal(person: person, organisation: request.organisation, roles: request.roles)
        guard principal.isUsual else { throw TokenFault.notAToken.refusal }
        return try token(for: principal)
    }

    private func token(for principal: Principal) throws -> Answer {
        guard let signer = keys.signer() else { throw NoKeyYet() }
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let claims = TokenClaims(
            principal: principal, issuedAt: now, expiresAt: now.addingTimeInterval(lifetime), tokenID: UUID(), isRehearsal: isRehearsal)
        return Answer(token: try signer.token(claims), expiresAt: claims.expiresAt)
    }
}
