import Foundation
import Kernel
import TestKit

/// Makes invalid messages from valid ones, reproducible from a seed.
struct Mutation {
    /// A mutated body.
    struct Body: Sendable {
        let bytes: [UInt8]
        /// Whether the body is still valid: only white space was changed, or an unknown field was added.
        let isValid: Bool
    }

    /// Ids of existing objects, to which an invalid message can refer.
    let ids: [String]
    /// The approximate length of the longest texts, in bytes.
    let longest: Int

    /// A mutation of a valid body.
    func body(of sample: JSONTree, _ random: inout SplitMix64) -> Body {
        switch random.below(20) {
        case 0: return Body(bytes: Array(sample.written.utf8), isValid: true)
        case 1: return Body(bytes: Array(grown(sample).written.utf8), isValid: true)
        case 2: return Body(bytes: broken(Array(sample.written.utf8), &random), isValid: false)
        default:
            var tree = sample
            for _ in 0...random.below(3) { tree = mutated(tree, &random) }
            return Body(bytes: Array(tree.written.utf8), isValid: false)
        }
    }

    /// A text for a path, a query or a header.
    func text(_ random: inout SplitMix64) -> String {
        if !ids.isEmpty, random.oneIn(4) { return cased(random.pick(ids), &random) }
        return random.oneIn(8) ? random.pick(EdgeCaseValues.numbers) : random.pick(EdgeCaseTexts.short).text
    }

    private func grown(_ sample: JSONTree) -> JSONTree {
        guard case .object(let fields) = sample else { return sample }
        return .object(fields + [JSONTree.Field("aFieldOfTomorrow", .fields(("deep", .list([.raw("1"), .raw("null")]))))])
    }

    /// Bytes that are mostly not valid JSON or not valid UTF-8.
    private func broken(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        switch random.below(7) {
        case 0: bytes = Array(bytes.prefix(random.below(bytes.count)))
        case 1: bytes = []
        case 2: bytes += bytes
        case 3: if !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
        case 4: bytes = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
        case 5: bytes = Array(String(repeating: random.oneIn(2) ? "[" : #"{"a":"#, count: 1 + random.below(20_000)).utf8)
        default: bytes = [0xEF, 0xBB, 0xBF] + bytes
        }
        return bytes
    }

    /// Changes one part of a body.
    private func mutated(_ tree: JSONTree, _ random: inout SplitMix64) -> JSONTree {
        let parts = tree.parts
        let chosen = random.pick(parts)
        switch random.below(12) {
        case 0: return without(tree, &random)
        case 1: return twice(tree, &random)
        case 2: return tree.replacing(chosen.path, with: .raw(random.pick(EdgeCaseValues.others)))
        case 3: return tree.replacing(chosen.path, with: .list((0..<random.pick([1, 2, 101, 3000])).map { _ in chosen.part }))
        case 4: return tree.replacing(chosen.path, with: nested(random.pick([3, 100, 600, 5000])))
        default:
            guard let leaf = random.pick(Leaf.all(of: parts)) else { return grown(tree) }
            return tree.replacing(leaf.path, with: bad(leaf.part, &random))
        }
    }

    private enum Leaf {
        static func all(of parts: [(path: JSONTree.Path, part: JSONTree)]) -> [(path: JSONTree.Path, part: JSONTree)?] {
            let leaves = parts.filter { if case .raw = $0.part { true } else { $0.part.asText != nil } }
            return leaves.isEmpty ? [nil] : leaves
        }
    }

    /// An invalid value for a leaf, mostly of the same type.
    private func bad(_ leaf: JSONTree, _ random: inout SplitMix64) -> JSONTree {
        switch (leaf, random.below(12)) {
        case (_, 0): return .raw(random.pick(EdgeCaseValues.halves))
        case (_, 1): return .raw(random.pick(EdgeCaseValues.others))
        case (.text(let text), 2): return .text(cased(text, &random))
        case (.text(let text), 3): return .text(random.pick([text + "\u{0}", " " + text, text + " ", "\u{FEFF}" + text, text + text]))
        case (.text, 4) where !ids.isEmpty: return .text(random.pick(ids))
        case (.text, 5): return .raw(random.pick(EdgeCaseValues.numbers))
        case (.text, _):
            return .text(random.oneIn(12) ? random.pick(EdgeCaseTexts.all(longest: longest)).text : random.pick(EdgeCaseTexts.short).text)
        case (.raw, 2): return .text(random.pick(EdgeCaseValues.numbers))
        case (.raw, 3): return .text(random.pick(EdgeCaseTexts.short).text)
        default: return .raw(random.pick(EdgeCaseValues.numbers))
        }
    }

    private func cased(_ text: String, _ random: inout SplitMix64) -> String {
        switch random.below(4) {
        case 0: text.uppercased()
        case 1: text.lowercased()
        case 2: String(text.enumerated().map { $0.offset % 2 == 0 ? Character($0.element.uppercased()) : $0.element })
        default: text
        }
    }

    private func without(_ tree: JSONTree, _ random: inout SplitMix64) -> JSONTree {
        changingAnObject(tree, &random) { fields, random in fields.remove(at: random.below(fields.count)) }
    }

    /// Repeats a field, sometimes with another value.
    private func twice(_ tree: JSONTree, _ random: inout SplitMix64) -> JSONTree {
        changingAnObject(tree, &random) { fields, random in
            let field = random.pick(fields)
            fields.append(JSONTree.Field(field.name, random.oneIn(2) ? field.value : bad(field.value, &random)))
        }
    }

    private func changingAnObject(
        _ tree: JSONTree, _ random: inout SplitMix64, _ change: (inout [JSONTree.Field], inout SplitMix64) -> Void
    ) -> JSONTree {
        let objects = tree.parts.filter { if case .object(let fields) = $0.part { !fields.isEmpty } else { false } }
        guard !objects.isEmpty else { return tree }
        return tree.changing(random.pick(objects).path) { object in
            guard case .object(var fields) = object else { return object }
            change(&fields, &random)
            return .object(fields)
        }
    }

    private func nested(_ depth: Int) -> JSONTree {
        .raw(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    }
}
