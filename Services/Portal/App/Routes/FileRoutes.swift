import Access
import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Messaging
import NIOCore
import NIOPosix

/// Papers: putting one into the store, whose name is the hash of what it holds.
struct FileRoutes: Sendable {
    let api: PortalAPI
    let store: FileStore

    func add(to routes: APIRoutes) {
        routes.post("files") { request, _ in
            let uploader = try await Call.reader(request, api)
            guard let name = try request.parameter("name"), !name.isEmpty else {
                throw PlatformRule.malformedMessage.refusal(
                    LocalisedText(zh: "（请在 name 参数中给出文件名）", en: "The file's name is missing: give it as the parameter name."))
            }
            let told = request.headers[.contentLength].flatMap { Int($0) }
            try api.limits.upload(by: uploader, bytes: min(max(told ?? FileStore.mostBytes, 0), FileStore.mostBytes))
            let content = try await bytes(of: request)
            // On a thread that may wait for the disk: those that serve requests are as few as the cores.
            let stored = try await NIOThreadPool.singleton.runIfActive {
                try store.put(content, claimedName: name, uploadedBy: uploader.organisation)
            }
            return Answer(.created, json: String(decoding: try MessageBody.encode(stored), as: UTF8.self))
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
