import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Any text accepted in a message can be stored by the receiving service, so no message is parked because of a text.
@Suite("Worst texts in messages")
struct EdgeCaseTextTests {
    /// The limit of the largest class except documents: 500 characters of four bytes.
    private static let maximumBytes = 2000

    @Test(
        "a text of any kind in any field of a message is refused, or read and written without NUL and within the bounds",
        arguments: MessageCatalogue.all)
    func everyField(message: CataloguedMessage) throws {
        let sample = try JSONTree(reading: try message.encoded())
        let fields = sample.parts.filter { $0.part.asText != nil }
        var faults: [String] = []
        for field in fields {
            let name = sample.name(of: field.path)
            for worst in EdgeCaseTexts.all(longest: 30_000) {
                let fault = try fault(message, sample.replacing(field.path, with: .text(worst.text)))
                if let fault { faults.append("\(worst.name) in \(name): \(fault)") }
            }
            for half in EdgeCaseValues.halves {
                if let fault = try fault(message, sample.replacing(field.path, with: .raw(half))) {
                    faults.append("\(half) in \(name): \(fault)")
                }
            }
        }
        #expect(faults.isEmpty)
    }

    /// The fault in the handling of a message with a bad text; nil if there is none.
    private func fault(_ message: CataloguedMessage, _ tree: JSONTree) throws -> String? {
        let written: [UInt8]
        do { written = try message.readAndWritten(Array(tree.written.utf8)) } catch is EnvelopeFault { return nil }
        guard written.count <= MessageLimits.bodyBytes else { return "the body is too large" }
        let whole = try JSONTree(reading: written)
        for (path, part) in whole.parts {
            guard let text = part.asText else { continue }
            if text.unicodeScalars.contains("\u{0}") { return "NUL stands in it" }
            let field = whole.name(of: path)
            // Events are written by services from validated commands; refusals have texts of programmes.
            guard message.isCommand, !field.hasPrefix("refusals.") else { continue }
            let isDocument = message.type == PublishProgramme.type && text.utf8.count <= DocumentText.maximumBytes
            guard isDocument || text.utf8.count <= Self.maximumBytes else { return "\(text.utf8.count) bytes stand in \(field)" }
            let control = text.unicodeScalars.first { $0.properties.generalCategory == .control && !(isDocument && $0.value < 0x20) }
            if let control { return "U+\(String(control.value, radix: 16)) stands in \(field)" }
        }
        return nil
    }
}
