import Access
import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NIOPosix

/// Uploads of papers to the content-addressed store.
struct FileRoutes: Sendable {
    let api: PortalAPI
    let store: FileStore

    func add(to routes: APIRoutes) {
        routes.post("files") { request, _ in
            let uploader = try await Call.authenticateReader(request, api)
            guard let name = try request.parameter("name"), !name.isEmpty else {
                throw PlatformRule.malformedMessage.refusal(
                    LocalisedText(zh: "（请在 name 参数中给出文件名）", en: "The file name is missing; pass it in the parameter name."))
            }
            let announced = request.headers[.contentLength].flatMap { Int($0) }
            try api.limits.countUpload(by: uploader, bytes: min(max(announced ?? FileStore.maximumBytes, 0), FileStore.maximumBytes))
            let content = try await bytes(of: request)
            // Blocking file I/O must not run on the event loop threads.
            let stored = try await NIOThreadPool.singleton.runIfActive {
                try store.put(content, claimedName: name, uploadedBy: uploader.organisation)
            }
            return try APIResponse(.created, stored)
        }
    }

    private func bytes(of request: Request) async throws -> [UInt8] {
        do {
            return Array(buffer: try await request.body.collect(upTo: FileStore.maximumBytes + 1))
        } catch is NIOTooManyBytesError {
            throw PlatformRule.messageTooLarge.refusal().comparing("limit", FileStore.maximumBytes, .bytes)
        }
    }
}
