import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Whatever stands in a message, the service that reads it can keep it: nothing is set aside for a text.
@Suite("Worst texts in messages")
struct WorstTextTests {
    /// The greatest class but a document: 500 characters of four bytes.
    private static let mostBytes = 2000

    @Test(
        "a text of any kind in any field of a message is refused, or read and written without NUL and within the bounds",
        arguments: MessageCatalogue.all)
    func everyField(message: CataloguedMessage) throws {
        let sample = try JSONTree(reading: try message.encoded())
        let fields = sample.parts.filter { $0.part.asText != nil }
        var faults: [String] = []
        for field in fields {
            let name = sample.name(of: field.path)
            for worst in WorstTexts.all(longest: 30_000) {
                let fault = try fault(message, sample.replacing(field.path, with: .text(worst.text)))
                if let fault { faults.append("\(worst.name) in \(name): \(fault)") }
            }
            for half in WorstValues.halves {
                if let fault = try fault(message, sample.replacing(field.path, with: .raw(half))) {
                    faults.append("\(half) in \(name): \(fault)")
                }
            }
        }
        #expect(faults.isEmpty)
    }

    /// What is wrong with how a message with something bad in it is taken; nil where nothing is.
    private func fault(_ message: CataloguedMessage, _ tree: JSONTree) throws -> String? {
        let written: [UInt8]
        do { written = try message.readAndWritten(Array(tree.written.utf8)) } catch is EnvelopeFault { return nil }
        guard written.count <= MessageLimits.bodyBytes else { return "the body is too large" }
        let whole = try JSONTree(reading: written)
        for (path, part) in whole.parts {
            guard let text = part.asText else { continue }
            if text.unicodeScalars.contains("\u{0}") { return "NUL stands in it" }
            let field = whole.name(of: path)
            // Events are written by services, out of what commands have brought; refusals have a programme's own words in them.
            guard message.isCommand, !field.hasPrefix("refusals.") else { continue }
            let isDocument = message.type == PublishProgramme.type && text.utf8.count <= DocumentText.mostBytes
            guard isDocument || text.utf8.count <= Self.mostBytes else { return "\(text.utf8.count) bytes stand in \(field)" }
            let control = text.unicodeScalars.first { $0.properties.generalCategory == .control && !(isDocument && $0.value < 0x20) }
            if let control { return "U+\(String(control.value, radix: 16)) stands in \(field)" }
        }
        return nil
    }
}
