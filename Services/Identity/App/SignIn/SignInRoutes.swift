import Access
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import ServiceHost
import StrictJSON

/// The HTTP routes of `identity`: its public keys, and in a sandbox the sign-in.
struct SignInRoutes: Sendable {
    let keys: KeyRotator
    /// Nil where the sandbox sign-in is off.
    let sandbox: SandboxSignIn?

    func add(to router: Router<HTTPRequestContext>) {
        router.get("/.well-known/jwks.json") { _, _ in
            try json(.ok, KeySet(keys: keys.published.map { KeySet.Key($0) }), cached: "public, max-age=60")
        }
        guard let sandbox else { return }
        router.post("/sandbox/token") { request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            do {
                return try json(.ok, try sandbox.signIn(Array(buffer: body)))
            } catch let refusal as Refusal {
                return try json(.badRequest, Problem(refusal, status: 400), type: "application/problem+json")
            } catch is NoSigningKey {
                throw HTTPError(.serviceUnavailable, message: "the first signing key does not exist yet; try again later")
            }
        }
    }

    private func json(
        _ status: HTTPResponse.Status, _ body: some Encodable, type: String = "application/json", cached: String = "no-store"
    ) throws -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: cached],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try StrictJSON.encode(body))))
    }
}

/// The public keys as a JSON Web Key set (RFC 7517).
struct KeySet: Codable {
    struct Key: Codable, Hashable {
        let kty: String
        let crv: String
        let alg: String
        let use: String
        let kid: String
        let x: String

        init(_ signer: TokenSigner) {
            (kty, crv, alg, use, kid) = ("OKP", "Ed25519", "EdDSA", "sig", signer.keyID)
            x = signer.publicKey.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    let keys: [Key]
}

/// A refusal as a problem document (RFC 9457).
private struct Problem: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let refusal: Refusal

    init(_ refusal: Refusal, status: Int) {
        type = "urn:quan:refusal:\(refusal.slug)"
        title = refusal.slug
        self.status = status
        detail = "\(refusal.message.zh) \(refusal.message.en)"
        self.refusal = refusal
    }
}
