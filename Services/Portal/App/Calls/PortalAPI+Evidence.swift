import FileStore
import Foundation
import Kernel
import NIOPosix

extension PortalAPI {
    /// The most papers of evidence that one appeal may name.
    private static let mostEvidence = 50

    /// Marks the evidence of an appeal as kept by the enterprise's case, before the appeal is promised: what no case keeps is removed some day.
    ///
    /// Throws a `Refusal`: QUAN-33 for a file that the enterprise did not upload, QUAN-25 for one that is not there. What is no hash, and evidence
    /// beyond the bound, is for who decides the appeal to refuse.
    func keepEvidence(_ evidence: [String], of enterprise: UUID) async throws {
        let hashes = evidence.prefix(Self.mostEvidence).compactMap { ContentHash(hexadecimal: $0) }
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
