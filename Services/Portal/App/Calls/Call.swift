import Access
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messaging
import NIOCore
import ServiceHost

/// A request that asks for something to be done, read as far as that is the same for all of them: who asks, under which idempotency key,
/// with which body.
struct Call: Sendable {
    let principal: Principal
    let token: String
    let idempotencyKey: String
    let body: [UInt8]
    /// Of path and body: the same key for another thing is another request. Ids in the path are the same in whichever letter case.
    let hash: ContentHash
    let receivedAt: Date
    let language: Language

    /// Reads a request. Throws a `Refusal`: QUAN-09 for the token, QUAN-16 for a header that is missing or repeated, QUAN-04 for a body
    /// that is too large; before either, QUAN-10 for a caller none of whose roles is among `senders`.
    static func read(
        _ request: Request, _ context: HTTPRequestContext, _ api: PortalAPI, by senders: Senders = .anybody
    ) async throws -> Call {
        let receivedAt = try await api.clock.now()
        let token = try token(of: request)
        let principal = try await api.gate.principal(of: token, receivedAt: receivedAt)
        try api.limits.request(by: principal)
        try await api.roles.admit(principal, among: senders)
        let key = try single(idempotencyKey, of: request)
        let body = try await self.body(of: request, context)
        return Call(
            principal: principal, token: token, idempotencyKey: key, body: body,
            hash: ContentHash(of: Array(request.uri.path.lowercased().utf8) + [0x0a] + body), receivedAt: receivedAt,
            language: Language(of: request))
    }

    /// Who reads. It waits until what the caller's organisation was answered to be done has been told here, so that nobody reads an older state
    /// than it was told. Throws a `Refusal` under QUAN-09.
    static func reader(_ request: Request, _ api: PortalAPI) async throws -> Principal {
        let principal = try await api.gate.principal(of: try token(of: request), receivedAt: try await api.clock.now())
        try api.limits.request(by: principal)
        try await api.requests.waitUntilTold(organisation: principal.organisation.lowercased, within: PortalAPI.patience)
        return principal
    }

    /// The body as a type. An empty body is an empty object. Throws a `Refusal` that names the field: QUAN-01, and QUAN-11 for an amount.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do throws(EnvelopeFault) {
            return try MessageBody.decode(type, from: body.isEmpty ? Array("{}".utf8) : body)
        } catch {
            // An amount with a fraction, or one that does not fit, is told as what it is.
            if case .bodyNotOfType(let what) = error, what.contains("Fen: ") {
                throw PlatformRule.amountOutOfRange.refusal(
                    LocalisedText(
                        zh: "金额须为整数分（1234.56元写作123456），且不超过64位整数。（\(what)）",
                        en: "An amount is a whole number of fen (123456 for 1234.56 yuan) that fits 64 bits: \(what)."))
            }
            throw error.refusal
        }
    }

    private static let idempotencyKey = HTTPField.Name("Idempotency-Key")

    private static func token(of request: Request) throws -> String {
        let values = request.headers[values: .authorization]
        let prefix = "Bearer "
        guard values.count == 1, let value = values.first, value.lowercased().hasPrefix(prefix.lowercased()) else {
            throw TokenFault.missing.refusal
        }
        return String(value.dropFirst(prefix.count)).trimmingCharacters(in: .whitespaces)
    }

    private static func single(_ name: HTTPField.Name?, of request: Request) throws -> String {
        guard let name, case let values = request.headers[values: name], values.count == 1, let value = values.first else {
            throw PlatformRule.headerMissingOrRepeated.refusal(
                LocalisedText(
                    zh: "请求须恰好带一个 Idempotency-Key 头，由您为每个新请求另取，重试时不变。",
                    en:
                        "A request needs exactly one header Idempotency-Key: a new value for each new request, the same when it is repeated."
                ))
        }
        return value
    }

    private static func body(of request: Request, _ context: HTTPRequestContext) async throws -> [UInt8] {
        do {
            return Array(buffer: try await request.body.collect(upTo: min(context.maxUploadSize, MessageLimits.bodyBytes)))
        } catch is NIOTooManyBytesError {
            throw PlatformRule.messageTooLarge.refusal()
        }
    }
}
