import Foundation
import Kernel
import Programme

extension ProcedureCase {
    /// Files the papers of a step: they replace all papers of the kinds that the step asks for. The fields of a document become facts: amounts
    /// and counts are added, the earliest day counts, and different texts are listed together, so that one that differs shows.
    mutating func file(_ handedIn: [Paper], of asked: [Document]) {
        guard !handedIn.isEmpty || !asked.isEmpty else { return }
        let kinds = Set(asked.map(\.id)).union(handedIn.map(\.document))
        papers.removeAll { kinds.contains($0.document) }
        papers += handedIn
        for document in asked {
            let papers = handedIn.filter { $0.document == document.id }
            for field in document.fields {
                record[FieldName(document.id, field.id)] = Self.value(papers.compactMap { $0.fields[field.id] })
            }
        }
    }

    private static func value(_ values: [FactValue]) -> FactValue? {
        guard var result = values.first else { return nil }
        for value in values.dropFirst() {
            switch (result, value) {
            case (.amount(let left), .amount(let right)):
                guard let sum = try? left.adding(right) else { return nil }
                result = .amount(sum)
            case (.count(let left), .count(let right)): result = .count(left.addingReportingOverflow(right).partialValue)
            case (.date(let left), .date(let right)): result = .date(min(left, right))
            case (.flag(let left), .flag(let right)): result = .flag(left && right)
            case (.names(let left), .names(let right)): result = .names(left.union(right))
            case (.text(let left), .text(let right)):
                result = .text(Set(left.components(separatedBy: "、") + [right]).sorted().joined(separator: "、"))
            default: return nil
            }
        }
        return result
    }
}

extension Programme {
    /// The refusals of papers: unknown kinds, unknown or missing fields, and the rules for papers.
    func refusals(of papers: [Paper], at step: StepReference, _ known: Facts) -> [Refusal] {
        var refusals: [Refusal] = []
        for paper in papers {
            guard let document = document(paper.document), document.steps.contains(step) else {
                refusals.append(PlatformRule.unknownReference.refusal().comparing("document", String(paper.document.prefix(64)), .code))
                continue
            }
            if !paper.file.isOwn {
                refusals.append(
                    document.citation.refusal(of: .fileOfAnother).comparing("document", document.id, .code)
                        .comparing("file", paper.file.hash, .code))
            }
            for name in paper.fields.keys.sorted() where !document.fields.contains(where: { $0.id == name }) {
                refusals.append(
                    PlatformRule.malformedMessage.refusal().comparing("unknown", "\(document.id).\(name)", .code))
            }
            refusals += self.refusals(of: document.form(of: paper), paper.facts)
        }
        for rule in paperRules {
            let concerned = papers.filter { rule.documents.isEmpty || rule.documents.contains($0.document) }
            for (_, papers) in Dictionary(grouping: concerned, by: \.document).sorted(by: { $0.key < $1.key }) {
                if let refusal = rule.refusal(of: papers, known) { refusals.append(refusal) }
            }
        }
        return refusals
    }
}

extension Document {
    /// The document's fields as a form.
    fileprivate func form(of paper: Paper) -> Form {
        Form(id: id, title: title, record: id, steps: steps, fields: fields, citation: citation)
    }
}

extension Paper {
    fileprivate var facts: Facts { Facts(Dictionary(uniqueKeysWithValues: fields.map { (FieldName(document, $0.key), $0.value) })) }
}

extension PaperRule {
    /// The refusal of papers of one kind; nil if they follow the rule.
    fileprivate func refusal(of papers: [Paper], _ known: Facts) -> Refusal? {
        guard let document = papers.first?.document else { return nil }
        switch kind {
        case .sealed:
            return papers.allSatisfy(\.file.isSealed) ? nil : refusal(document)
        case .formats(let formats):
            guard let other = papers.first(where: { !formats.contains($0.file.kind) }) else { return nil }
            return refusal(document).comparing("found", other.file.kind, .code).comparing("allowed", formats.joined(separator: ","), .code)
        case .size(let most):
            let size = papers.reduce(Int64(0)) { $0 + $1.file.byteCount }
            return size <= most ? nil : refusal(document).comparing("given", size, .bytes).comparing("limit", most, .bytes)
        case .oneFileEach:
            return papers.count <= 1 ? nil : refusal(document).comparing("given", papers.count, .count).comparing("limit", 1, .count)
        case .folder(let pattern):
            guard let other = papers.first(where: { !Self.matches($0.file.folder, pattern, known) }) else { return nil }
            return refusal(document).comparing("folder", String(other.file.folder.prefix(100)), .code)
                .comparing("pattern", pattern, .code)
        }
    }

    private func refusal(_ document: String) -> Refusal {
        let message = wording.message ?? LocalisedText(zh: "材料不符合要求：\(title.zh)。", en: "A paper does not follow the rule: \(title.en).")
        return Refusal(
            slug: wording.slug ?? "paper-\(id)", clause: citation.clauses.first ?? PlatformRule.malformedMessage.id,
            further: Array(citation.clauses.dropFirst()) + citation.readings, message: message, remedy: wording.remedy
        ).comparing("document", document, .code)
    }

    /// Whether a folder has the name of a pattern: `{number}` stands for digits, `{product.name}` for the value of that field.
    private static func matches(_ folder: String, _ pattern: String, _ known: Facts) -> Bool {
        var rest = Substring(folder)
        var pattern = Substring(pattern)
        while let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") {
            guard rest.hasPrefix(pattern[..<open]) else { return false }
            rest = rest.dropFirst(pattern.distance(from: pattern.startIndex, to: open))
            let name = String(pattern[pattern.index(after: open)..<close])
            pattern = pattern[pattern.index(after: close)...]
            guard name != "number" else {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard !digits.isEmpty else { return false }
                rest = rest.dropFirst(digits.count)
                continue
            }
            guard let field = FieldName(name), case .text(let text)? = known[field], rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
        }
        return rest == pattern
    }
}

extension CapabilityCall {
    /// Checks that files, invoices and receipts serve one case only (QUAN-26, QUAN-32, QUAN-39), and are not dated in the future (QUAN-34).
    /// Numbers are free again when the case ends without a payment, files are not.
    func uniquePapers() throws(Refusal) -> CapabilityResult {
        let today = try today()
        // A file that was handed in once serves this case for ever, also when another replaces it.
        let filed = subject.uniqueKeys.filter { $0.hasPrefix("file:") }
        var uniqueKeys: Set<String> = []
        for paper in papers {
            guard let document = programme.document(paper.document) else { continue }
            for case .date(let day)? in [paper.fields["signedOn"], paper.fields["firstPaidOn"], paper.fields["firstIssuedOn"]]
            where day > today {
                throw document.citation.refusal(of: .paperFromFuture).comparing("document", document.id, .code)
                    .comparing("dated", day.description, .date).comparing("today", today.description, .date)
            }
            try take("file:\(paper.file.hash)", .fileUsedTwice, document, &uniqueKeys)
            guard case .text(let number)? = paper.fields["number"] else { continue }
            switch document.id {
            case "invoice": try take("invoice:\(try invoiceNumber(number, paper, document))", .invoiceAlreadyUsed, document, &uniqueKeys)
            default: try take("\(document.id):\(Self.plain(number))", .receiptUsedTwice, document, &uniqueKeys)
            }
        }
        for (_, alike) in Dictionary(grouping: papers, by: \.likeness) where alike.count > 1 {
            guard let paper = alike.first(where: { $0.fields["number"] == nil }), let document = programme.document(paper.document),
                !paper.fields.isEmpty
            else { continue }
            throw document.citation.refusal(of: .receiptUsedTwice).comparing("document", document.id, .code)
        }
        return CapabilityResult(uniqueKeys: uniqueKeys.union(filed))
    }

    private func take(
        _ key: String, _ rule: PlatformRule, _ document: Document, _ uniqueKeys: inout Set<String>
    ) throws(Refusal) {
        let holder = related.holder(of: key)
        // The other case is not named: it may be another institution's.
        guard uniqueKeys.insert(key).inserted, holder == nil || holder == subject.id else {
            throw document.citation.refusal(of: rule).comparing("document", document.id, .code)
                .comparing("given", String(key.drop { $0 != ":" }.dropFirst()), .code)
        }
    }

    private func invoiceNumber(_ number: String, _ paper: Paper, _ document: Document) throws(Refusal) -> String {
        var code = ""
        if case .text(let given)? = paper.fields["code"] { code = given }
        do throws(InvoiceError) {
            let read = try InvoiceNumber(code: code, number: number)
            return read.code + read.number
        } catch {
            throw document.citation.refusal(
                of: .malformedMessage, LocalisedText(zh: "发票代码或号码格式不正确。", en: error.description)
            ).comparing("invoiceNumber", String(number.prefix(40)), .code)
        }
    }

    /// Letters and digits only, in capitals and half width: the form in which numbers of slips are compared.
    private static func plain(_ text: String) -> String {
        String(
            text.precomposedStringWithCompatibilityMapping.uppercased().unicodeScalars.filter {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
            })
    }

    /// Gives what the enterprise paid: the receipts less the refunds.
    func netReceipts() -> CapabilityResult {
        let net = amount("receipt", "total").flatMap { try? $0.subtracting(amount("refund-proof", "total") ?? .zero) }
        return CapabilityResult(fields: [FieldName("receipt", "net"): net.map { .amount($0) }])
    }
}

/// What makes a paper look like another: everything but its file and its number.
private struct PaperLikeness: Hashable {
    let document: String
    let fields: [String: FactValue]
}

extension Paper {
    fileprivate var likeness: PaperLikeness { PaperLikeness(document: document, fields: fields.filter { $0.key != "number" }) }
}
