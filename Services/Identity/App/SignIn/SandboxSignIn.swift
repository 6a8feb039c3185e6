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
        guard (1...200).contains(request.person.count), (1...20).contains(request.roles.count),
            request.roles.allSatisfy({ (1...32).contains($0.utf8.count) })
        else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "person 须为1至200个字符，roles 须为1至20个名称。", en: "person has 1 to 200 characters, roles are 1 to 20 names."))
        }
        guard request.roles.isDisjoint(with: Principal.reservedRoles) else { throw PlatformRule.notPermitted.refusal() }
        return try token(for: request)
    }

    private func token(for request: Request) throws -> Answer {
        guard let signer = keys.signer() else { throw NoKeyYet() }
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let claims = TokenClaims(
            principal: Principal(person: request.person, organisation: request.organisation, roles: request.roles), issuedAt: now,
            expiresAt: now.addingTimeInterval(lifetime), tokenID: UUID(), isRehearsal: isRehearsal)
        return Answer(token: try signer.token(claims), expiresAt: claims.expiresAt)
    }
}
