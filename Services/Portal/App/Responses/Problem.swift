import HTTPTypes
import Kernel
import StrictJSON

/// A problem document (RFC 9457): a refusal with its clauses, numbers and remedy, or a failure.
struct Problem: Encodable, Sendable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let clauses: [String]
    let numbers: [RefusalNumber]
    let message: LocalisedText
    let remedy: LocalisedText?
    /// The id of the operation, where the refused command had been accepted.
    let operation: String?

    init(_ refusal: Refusal, _ language: Language, operation: String? = nil) {
        type = "urn:quan:refusal:\(refusal.slug)"
        title = refusal.slug.replacing("-", with: " ")
        status = refusal.httpStatus
        detail = language.of(refusal.message)
        clauses = refusal.clauses
        numbers = refusal.numbers
        message = refusal.message
        remedy = refusal.remedy
        self.operation = operation
    }

    private init(_ status: Int, _ slug: String, _ message: LocalisedText, _ language: Language) {
        type = "urn:quan:failure:\(slug)"
        title = slug.replacing("-", with: " ")
        self.status = status
        detail = language.of(message)
        clauses = []
        numbers = []
        self.message = message
        remedy = nil
        operation = nil
    }

    /// An internal failure. The request was not accepted; the caller may repeat it under the same idempotency key.
    static func failure(isTransient: Bool, _ language: Language) -> Problem {
        isTransient
            ? Problem(
                503, "unavailable",
                LocalisedText(
                    zh: "系统暂时无法受理，请稍后用同一幂等键重试。", en: "Temporarily unavailable; repeat the request later under the same idempotency key."),
                language)
            : Problem(
                500, "internal", LocalisedText(zh: "系统内部错误，请求未被受理。", en: "Internal error; the request was not accepted."), language)
    }

    var response: APIResponse {
        let json = (try? StrictJSON.encode(self)).map { String(decoding: $0, as: UTF8.self) }
        var response = APIResponse(HTTPResponse.Status(code: status), json: json ?? #"{"status":500}"#)
        response.type = "application/problem+json"
        if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        if status == 503 { response.headers[.retryAfter] = "1" }
        return response
    }
}

extension Refusal {
    /// The HTTP status of the refusal: 4xx by platform rule; 422 for a rule of a programme.
    var httpStatus: Int {
        guard let rule = clauses.first.flatMap(PlatformRule.init(rawValue:)) else { return 422 }
        return switch rule {
        case .malformedMessage, .unknownMessageType, .unsupportedVersion, .keyTooLong, .headerMissingOrRepeated: 400
        case .tokenInvalid: 401
        case .notPermitted: 403
        case .unknownReference: 404
        case .methodNotAllowed: 405
        case .idempotencyKeyReused, .stateDoesNotAllow, .withdrawalBeforeDecision, .earlierMessageSetAside, .payeeChanged: 409
        case .messageTooLarge: 413
        case .tooManyRequests: 429
        default: 422
        }
    }
}
