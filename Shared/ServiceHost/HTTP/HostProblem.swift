import Foundation
public import HTTPTypes
public import Hummingbird
public import Kernel
import NIOCore

/// A refusal of the host itself, as RFC 9457 has it: what every service's port answers before a route is asked.
struct HostProblem: Encodable {
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
    /// An answer that refuses a request, as `application/problem+json`.
    ///
    /// - Parameters:
    ///   - refusal: the reason.
    ///   - status: the answer's status.
    ///   - request: the request, for the language of `detail`.
    ///   - headers: more headers.
    public static func problem(
        _ refusal: Refusal, _ status: HTTPResponse.Status, to request: Request, _ headers: HTTPFields = [:]
    ) -> Response {
        let isEnglish = request.headers[.acceptLanguage]?.lowercased().hasPrefix("en") == true
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try? encoder.encode(HostProblem(refusal, status: status.code, isEnglish: isEnglish))
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body ?? Data("{}".utf8))))
    }
}
