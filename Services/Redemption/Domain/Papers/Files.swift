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

    /// A file.
    public init(byteCount: Int, kind: String) { (self.byteCount, self.kind) = (byteCount, kind) }
}

extension Deciding {
    /// Checks the papers of a step: each is a document that the step takes, lies in the store, and holds the paper rules; none is missing.
    func check(_ papers: [RedemptionPaper], at step: Step, files: [ContentHash: PaperFile]) throws(Refusal) {
        guard papers.count <= 100 else {
            throw PlatformRule.malformedMessage.refusal().comparing("papers", papers.count, .count).comparing("limit", 100, .count)
        }
        let reference = StepReference(Self.procedure, step.id)
        for paper in papers {
            guard programme.document(paper.document)?.steps.contains(reference) ?? false else {
                throw PlatformRule.unknownReference.refusal(under: step.citation)
                    .comparing("document", String(paper.document.prefix(64)), .code)
            }
            guard files[paper.file] != nil else {
                throw PlatformRule.fileNotStored.refusal().comparing("document", paper.document, .code)
                    .comparing("file", paper.file.hexadecimal, .code)
            }
        }
        let counts = Dictionary(papers.map { ($0.document, 1) }, uniquingKeysWith: +)
        for refusal in programme.missingDocuments(at: reference, counts: counts, Facts(), circumstances) { throw refusal }
        for rule in programme.paperRules { try check(papers, files, rule) }
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
