import Access
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messaging
import NIOCore
import ServiceHost
import StrictJSON

/// A request that sends a command: the authenticated caller, the idempotency key and the body.
struct Call: Sendable {
    let principal: Principal
    let token: String
    let idempotencyKey: String
    let body: [UInt8]
    /// The hash of path and body, which detects an idempotency key that is reused for another request. The path is lower-cased, because ids
    /// are equal in either letter case.
    let hash: ContentHash
    let receivedAt: Date
    let language: Language

    /// Authenticates, authorises and reads a request. Throws a `Refusal`, in this order: QUAN-09 for an invalid token, QUAN-10 for a caller
    /// without an allowed role, QUAN-16 for a missing or repeated header, QUAN-04 for a body that is too large.
    static func read(
        _ request: Request, _ context: HTTPRequestContext, _ api: PortalAPI, by allowed: AllowedCallers = .authenticated
    ) async throws -> Call {
        let receivedAt = try await api.clock.now()
        let token = try token(of: request)
        let principal = try await api.authenticator.principal(of: token, receivedAt: receivedAt)
        try api.limits.countRequest(by: principal)
        try await api.authoriser.authorise(principal, among: allowed)
        let key = try single(idempotencyKey, of: request)
        let body = try await self.body(of: request, context)
        return Call(
            principal: principal, token: token, idempotencyKey: key, body: body,
            hash: ContentHash(of: Array(request.uri.path.lowercased().utf8) + [0x0a] + body), receivedAt: receivedAt,
            language: Language(of: request))
    }

    /// Authenticates a reading request. Waits until the portal has applied the events of the organisation's completed commands, so that the
    /// caller reads its own writes. Throws a `Refusal` under QUAN-09.
    static func authenticateReader(_ request: Request, _ api: PortalAPI) async throws -> Principal {
        let principal = try await api.authenticator.principal(of: try token(of: request), receivedAt: try await api.clock.now())
        try api.limits.countRequest(by: principal)
        try await api.requests.waitUntilApplied(organisation: principal.organisation.lowercased, within: PortalAPI.eventTimeout)
        return principal
    }

    /// Decodes the body; an empty body counts as an empty object. Throws a `Refusal` that names the field: QUAN-01, QUAN-11 for an amount.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do throws(EnvelopeFault) {
            return try MessageBody.decode(type, from: body.isEmpty ? Array("{}".utf8) : body)
        } catch {
            if case .body(.notOfType(let reason)) = error, reason.contains("Fen: ") {
                throw PlatformRule.amountOutOfRange.refusal(
                    LocalisedText(
                        zh: "金额须为整数分（1234.56元写作123456），且不超过64位整数。（\(reason)）",
                        en: "An amount must be a whole number of fen (123456 for 1234.56 yuan) within 64 bits: \(reason)."))
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
                        "Exactly one header Idempotency-Key is required: a new value for a new request, the same value for a repetition."
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
