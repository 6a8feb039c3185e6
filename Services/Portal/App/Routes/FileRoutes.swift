import FileStore
import Foundation
import Hummingbird
import Kernel
import Messaging
import NIOCore

/// Papers: putting one into the store, whose name is the hash of what it holds.
struct FileRoutes: Sendable {
    let api: PortalAPI
    let store: FileStore

    func add(to routes: APIRoutes) {
        routes.post("files") { request, _ in
            _ = try await Call.reader(request, api)
            let name = request.uri.queryParameters["name"].map(String.init)
            guard let name = name?.removingPercentEncoding, !name.isEmpty else {
                throw PlatformRule.malformedMessage.refusal(
                    LocalisedText(zh: "（请在 name 参数中给出文件名）", en: "The file's name is missing: give it as the parameter name."))
            }
            return Answer(
                .created,
                json: String(
                    decoding: try MessageBody.encode(try store.put(try await bytes(of: request), claimedName: name)), as: UTF8.self))
        }
    }

    private func bytes(of request: Request) async throws -> [UInt8] {
        do {
            return Array(buffer: try await request.body.collect(upTo: FileStore.mostBytes + 1))
        } catch is NIOTooManyBytesError {
            throw PlatformRule.messageTooLarge.refusal().comparing("limit", FileStore.mostBytes, .bytes)
        }
    }
}
