import FileStore
import Foundation
import Kernel
import NIOPosix

extension PortalAPI {
    /// The maximum number of papers of evidence in one appeal.
    private static let maximumEvidence = 50

    /// Marks the evidence of an appeal as kept by the enterprise's case before the appeal is accepted, because unused files are deleted.
    ///
    /// Throws a `Refusal`: QUAN-33 for a file that the enterprise did not upload, QUAN-25 for a file that is not stored. Invalid hashes and
    /// surplus evidence are ignored here; identity refuses them.
    func keepEvidence(_ evidence: [String], of enterprise: UUID) async throws {
        let hashes = evidence.prefix(Self.maximumEvidence).compactMap { ContentHash(hexadecimal: $0) }
        guard !hashes.isEmpty else { return }
        try await NIOThreadPool.singleton.runIfActive { [files] in
            for hash in hashes {
                guard try files.file(hash) != nil else { throw FileStore.notStored(hash) }
                guard try files.isUploaded(hash, by: enterprise) else {
                    throw PlatformRule.fileOfAnother.refusal().comparing("file", hash.hexadecimal, .code)
                }
                try files.keep(hash, for: enterprise)
            }
        }
    }
}
