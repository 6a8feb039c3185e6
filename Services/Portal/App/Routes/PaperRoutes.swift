import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messages
import NIOPosix
import StrictJSON

/// Downloads of a redemption's papers.
struct PaperRoutes: Sendable {
    let api: PortalAPI
    let store: FileStore

    private struct Papers: Decodable {
        let papers: [RedemptionPaper]
    }

    func add(to routes: APIRoutes) {
        routes.get("redemptions/{id}/papers/{hash}") { request, context in
            let id = try context.id()
            let reader = try await Call.authenticateReader(request, api)
            let (json, resource) = try await api.unfiltered(ReadQuery.redemptions, id)
            let fields = try await api.readAccess(.paper, of: reader).fields(of: resource)
            let papers = try StrictJSON.decode(Papers.self, from: Array(json.utf8)).papers
            // An unreadable paper is answered like a missing one, and so is a stored file that is not a paper of this case.
            guard fields.contains("content"), let paper = papers.first(where: { $0.file.hexadecimal == context.parameters.get("hash") })
            else {
                throw PlatformRule.unknownReference.refusal()
            }
            return try await response(with: paper)
        }
    }

    private func response(with paper: RedemptionPaper) async throws -> APIResponse {
        let (content, kind) = try await NIOThreadPool.singleton.runIfActive { [store] in
            (try store.bytes(of: paper.file), try store.file(paper.file)?.kind)
        }
        var response = APIResponse(json: "")
        response.content = content
        response.type = kind?.mediaType ?? "application/octet-stream"
        // The browser must save the file and not render its content.
        response.headers[.contentDisposition] = "attachment; filename*=UTF-8''\(Self.encoded(paper.fileName))"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "sandbox; default-src 'none'"
        return response
    }

    /// A file name encoded for a header (RFC 8187).
    private static func encoded(_ name: String) -> String {
        name.utf8.map { octet in
            let isPlain = (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
            if isPlain || octet == UInt8(ascii: ".") || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_") {
                return String(UnicodeScalar(octet))
            }
            let digits = String(octet, radix: 16, uppercase: true)
            return octet < 16 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
