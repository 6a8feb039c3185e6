import Foundation
import Kernel
import Messages
import Programme

/// A file of the store, as far as rules ask.
public struct PaperFile: Sendable, Hashable {
    /// How large it is.
    public let byteCount: Int
    /// What it is, by its usual ending: "pdf".
    public let kind: String
    /// Whether the institution that hands it in uploaded it itself.
    public let isOwn: Bool

    /// A file.
    public init(byteCount: Int, kind: String, isOwn: Bool) { (self.byteCount, self.kind, self.isOwn) = (byteCount, kind, isOwn) }
}

extension Deciding {
    /// Checks the papers of a step: each is a document that the step takes, a file of its own that the institution uploaded and no other
    /// redemption uses, and holds the paper rules; none is missing.
    ///
    /// `facts` is what the programme may ask before it asks for a paper.
    func check(
        _ papers: [RedemptionPaper], at step: Step, of id: UUID, facts: Facts, _ around: Surroundings
    ) throws(Refusal) {
        try RedemptionBounds.check(papers.count, "papers", RedemptionBounds.mostPapers)
        let files = around.files
        let reference = StepReference(Self.procedure, step.id)
        for paper in papers {
            guard programme.document(paper.document)?.steps.contains(reference) ?? false else {
                throw PlatformRule.unknownReference.refusal(under: step.citation)
                    .comparing("document", String(paper.document.prefix(64)), .code)
            }
            guard let file = files[paper.file] else {
                throw PlatformRule.fileNotStored.refusal().comparing("document", paper.document, .code)
                    .comparing("file", paper.file.hexadecimal, .code)
            }
            guard file.isOwn else {
                throw PlatformRule.fileOfAnother.refusal(under: step.citation).comparing("document", paper.document, .code)
                    .comparing("file", paper.file.hexadecimal, .code)
            }
        }
        try mustServeOnce(papers, of: id, around.fileOwners, under: step.citation)
        let counts = Dictionary(papers.map { ($0.document, 1) }, uniquingKeysWith: +)
        for refusal in programme.missingDocuments(at: reference, counts: counts, facts, circumstances) { throw refusal }
        for rule in programme.paperRules { try check(papers, files, rule) }
    }

    /// Refuses a file that stands for two papers, or that another redemption uses, whatever became of that one (QUAN-32).
    private func mustServeOnce(
        _ papers: [RedemptionPaper], of id: UUID, _ owners: [ContentHash: UUID], under citation: Citation
    ) throws(Refusal) {
        var documents: [ContentHash: String] = [:]
        for paper in papers {
            if let other = documents.updateValue(paper.document, forKey: paper.file) {
                throw PlatformRule.fileUsedTwice.refusal(under: citation).comparing("document", paper.document, .code)
                    .comparing("also", other, .code).comparing("file", paper.file.hexadecimal, .code)
            }
            // The other order is not named: it may be another institution's.
            guard owners[paper.file] ?? id == id else {
                throw PlatformRule.fileUsedTwice.refusal(under: citation).comparing("document", paper.document, .code)
                    .comparing("file", paper.file.hexadecimal, .code)
            }
        }
    }

    /// Holds papers to one paper rule. Seals are for the reviewer's eye, folders for the page that makes them.
    private func check(_ papers: [RedemptionPaper], _ files: [ContentHash: PaperFile], _ rule: PaperRule) throws(Refusal) {
        let concerned = papers.filter { rule.documents.isEmpty || rule.documents.contains($0.document) }
        for (document, papers) in Dictionary(grouping: concerned, by: \.document).sorted(by: { $0.key < $1.key }) {
            let held = papers.compactMap { files[$0.file] }
            switch rule.kind {
            case .formats(let formats):
                guard let other = held.first(where: { !formats.contains($0.kind) }) else { continue }
                throw rule.refusal(document).comparing("found", other.kind, .code)
                    .comparing("allowed", formats.joined(separator: ","), .code)
            case .size(let most):
                let size = held.reduce(Int64(0)) { $0 + Int64($1.byteCount) }
                guard size > most else { continue }
                throw rule.refusal(document).comparing("given", size, .bytes).comparing("limit", most, .bytes)
            case .oneFileEach:
                guard papers.count > 1 else { continue }
                throw rule.refusal(document).comparing("given", papers.count, .count).comparing("limit", 1, .count)
            case .sealed, .folder: continue
            }
        }
    }
}

extension PaperRule {
    /// What is told of a paper that does not hold the rule.
    fileprivate func refusal(_ document: String) -> Refusal {
        let message = wording.message ?? LocalisedText(zh: "材料不符合要求：\(title.zh)。", en: "A paper does not hold this: \(title.en).")
        return Refusal(
            slug: wording.slug ?? "paper-\(id)", clause: citation.clauses.first ?? PlatformRule.malformedMessage.id,
            further: Array(citation.clauses.dropFirst()) + citation.readings, message: message, remedy: wording.remedy
        ).comparing("document", document, .code)
    }
}
