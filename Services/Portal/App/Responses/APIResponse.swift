import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import StrictJSON

/// An HTTP response with a JSON body.
struct APIResponse: Sendable {
    var status: HTTPResponse.Status = .ok
    var headers: HTTPFields = [:]
    var type = "application/json"
    /// The body, a JSON text.
    let json: String
    /// The body where it is not JSON, in place of `json`.
    var content: [UInt8]?

    init(_ status: HTTPResponse.Status = .ok, json: String) {
        self.status = status
        self.json = json
    }

    /// A response with the value's JSON.
    init(_ status: HTTPResponse.Status = .ok, _ value: some Encodable) throws {
        self.init(status, json: String(decoding: try StrictJSON.encode(value), as: UTF8.self))
    }

    /// A page of a list. `page` may hold one item more than `limit`; then the response names the start of the next page.
    init(page: [(seq: Int64, json: String)], limit: Int) {
        let shown = page.prefix(limit)
        let next = page.count > limit ? shown.last.map { String($0.seq) } : nil
        self.init(json: #"{"items":[\#(shown.map(\.json).joined(separator: ","))],"next":\#(next ?? "null")}"#)
    }

    var httpResponse: Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: content.map(ByteBuffer.init(bytes:)) ?? ByteBuffer(string: json)))
    }
}
