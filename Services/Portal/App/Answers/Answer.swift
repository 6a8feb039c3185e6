import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messaging
import NIOCore

/// An answer over HTTP, with a JSON body.
struct Answer: Sendable {
    var status: HTTPResponse.Status = .ok
    var headers: HTTPFields = [:]
    var type = "application/json"
    /// The body, a JSON text.
    let json: String
    /// The body of an answer that is no JSON.
    var content: [UInt8]?

    /// A body that is JSON already.
    init(_ status: HTTPResponse.Status = .ok, json: String) {
        self.status = status
        self.json = json
    }

    /// A value.
    init(_ status: HTTPResponse.Status = .ok, _ value: some Encodable) throws {
        self.init(status, json: String(decoding: try MessageBody.encode(value), as: UTF8.self))
    }

    /// A page of a list: its things as JSON texts, and where the next page begins.
    init(page: [(seq: Int64, json: String)], limit: Int) {
        let shown = page.prefix(limit)
        let next = page.count > limit ? shown.last.map { String($0.seq) } : nil
        self.init(json: #"{"items":[\#(shown.map(\.json).joined(separator: ","))],"next":\#(next ?? "null")}"#)
    }

    var response: Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: content.map(ByteBuffer.init(bytes:)) ?? ByteBuffer(string: json)))
    }
}
