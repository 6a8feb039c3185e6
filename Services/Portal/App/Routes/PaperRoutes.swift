import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messages
import Messaging
import NIOPosix

/// The content of a redemption's papers, for whoever may read them.
struct PaperRoutes: Sendable {
    let api: PortalAPI
    let store: FileStore

    private struct Papers: Decodable {
        let papers: [RedemptionPaper]
    }

    func add(to routes: APIRoutes) {
        routes.get("redemptions/{id}/papers/{hash}") { request, context in
            let id = try context.id()
            let reader = try await Call.reader(request, api)
            let (json, subject) = try await api.whole(Shelf.redemptions, id)
            let fields = try await api.sight(.paper, of: reader).fields(of: subject)
            let papers = try MessageBody.decode(Papers.self, from: Array(json.utf8)).papers
            // What one may not see is not there, and neither is a file that is in the store for something else.
            guard fields.contains("content"), let paper = papers.first(where: { $0.file.hexadecimal == context.parameters.get("hash") })
            else {
                throw PlatformRule.unknownReference.refusal()
            }
            return try await answer(paper)
        }
    }

    private func answer(_ paper: RedemptionPaper) async throws -> Answer {
        let (content, kind) = try await NIOThreadPool.singleton.runIfActive { [store] in
            (try store.bytes(of: paper.file), try store.file(paper.file)?.kind)
        }
        var answer = Answer(json: "")
        answer.content = content
        answer.type = kind?.mediaType ?? "application/octet-stream"
        // A browser keeps it and opens nothing in it.
        answer.headers[.contentDisposition] = "attachment; filename*=UTF-8''\(Self.encoded(paper.fileName))"
        answer.headers[.xContentTypeOptions] = "nosniff"
        answer.headers[.contentSecurityPolicy] = "sandbox; default-src 'none'"
        return answer
    }

    /// A name as RFC 8187 has it in a header.
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
