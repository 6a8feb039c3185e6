import HTTPTypes
import Kernel
import Messaging

/// What an API tells of what it did not do, as RFC 9457 has it: the refusal with its clauses, its numbers and its remedy.
struct Problem: Encodable, Sendable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let clauses: [String]
    let numbers: [RefusalNumber]
    let message: LocalisedText
    let remedy: LocalisedText?
    /// The operation that was refused, where one was accepted.
    let operation: String?

    /// A refusal.
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

    /// Something broke, or is away for a moment. Nothing was promised; the same request may be sent again under its idempotency key.
    static func failure(isPassing: Bool, _ language: Language) -> Problem {
        isPassing
            ? Problem(
                503, "unavailable",
                LocalisedText(
                    zh: "系统暂时无法受理，请稍后用同一幂等键重试。", en: "Not possible just now; repeat it a little later under the same idempotency key."),
                language)
            : Problem(
                500, "internal", LocalisedText(zh: "系统内部错误，请求未被受理。", en: "Something broke here; the request was not accepted."), language)
    }

    /// The answer.
    var answer: Answer {
        let json = (try? MessageBody.encode(self)).map { String(decoding: $0, as: UTF8.self) }
        var answer = Answer(HTTPResponse.Status(code: status), json: json ?? #"{"status":500}"#)
        answer.type = "application/problem+json"
        if status == 401 { answer.headers[.wwwAuthenticate] = "Bearer" }
        if status == 503 { answer.headers[.retryAfter] = "1" }
        return answer
    }
}

extension Refusal {
    /// The status of an answer that refuses: what is wrong with the request itself, with the caller, with the state of things, or a rule that says no.
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
