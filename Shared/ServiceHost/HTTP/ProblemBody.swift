public import HTTPTypes
public import Hummingbird
public import Kernel
import NIOCore
import StrictJSON

/// The body of a problem response by RFC 9457, for refusals that happen before a request reaches its route.
struct ProblemBody: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let clauses: [String]
    let numbers: [RefusalNumber]
    let message: LocalisedText
    let remedy: LocalisedText?

    init(_ refusal: Refusal, status: Int, isEnglish: Bool) {
        type = "urn:quan:refusal:\(refusal.slug)"
        title = refusal.slug.replacing("-", with: " ")
        self.status = status
        detail = isEnglish ? refusal.message.en : refusal.message.zh
        clauses = refusal.clauses
        numbers = refusal.numbers
        message = refusal.message
        remedy = refusal.remedy
    }
}

extension Response {
    /// A response that refuses a request, as `application/problem+json`.
    ///
    /// - Parameters:
    ///   - refusal: the reason.
    ///   - status: the response's status.
    ///   - request: the request; its `Accept-Language` selects the language of `detail`.
    ///   - headers: additional headers.
    public static func problem(
        _ refusal: Refusal, _ status: HTTPResponse.Status, to request: Request, _ headers: HTTPFields = [:]
    ) -> Response {
        let isEnglish = request.headers[.acceptLanguage]?.lowercased().hasPrefix("en") == true
        let body = try? StrictJSON.encode(ProblemBody(refusal, status: status.code, isEnglish: isEnglish))
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body ?? Array("{}".utf8))))
    }
}
