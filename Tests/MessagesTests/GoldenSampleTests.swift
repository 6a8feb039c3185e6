import Foundation
import Messages
import Messaging
import StrictJSON
import Testing

@Suite("Golden samples")
struct GoldenSampleTests {
    @Test(
        "the sample of every message type decodes to its value, and the value encodes to exactly the sample's bytes",
        arguments: MessageCatalogue.all)
    func sample(message: CataloguedMessage) throws {
        let bytes = try Sources.sample(of: message.type)
        #expect(try message.isDecodedFrom(bytes))
        #expect(String(decoding: try message.encoded(), as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
    }

    @Test("unknown fields of a later version are ignored", arguments: MessageCatalogue.all)
    func unknownFields(message: CataloguedMessage) throws {
        let text = String(decoding: try Sources.sample(of: message.type), as: UTF8.self)
        let grown = #"{"aFieldOfTomorrow":{"deep":[1,null,"x"]}"# + (text == "{}" ? "" : ",") + text.dropFirst()
        #expect(try message.isDecodedFrom(Array(grown.utf8)))
    }

    @Test("a sample without a required field does not decode", arguments: MessageCatalogue.all)
    func missingField(message: CataloguedMessage) throws {
        let fields = try #require(try JSONSerialization.jsonObject(with: Data(try Sources.sample(of: message.type))) as? [String: Any])
        for name in fields.keys where !message.optional.contains(name) {
            var fewer = fields
            fewer[name] = nil
            let bytes = Array(try JSONSerialization.data(withJSONObject: fewer))
            #expect(throws: EnvelopeFault.body(.notOfType("the field \(name) is missing"))) { try message.isDecodedFrom(bytes) }
        }
    }

    @Test("every message type in the sources is in the catalogue exactly once and has a sample; every sample has a type")
    func complete() throws {
        let declared = try Sources.declaredTypes()
        let catalogued = MessageCatalogue.all.map(\.type)
        #expect(!declared.isEmpty, "the sources were not read")
        #expect(Set(catalogued).count == catalogued.count)
        #expect(Set(catalogued.map(\.description)) == declared)
        #expect(try Sources.sampleNames() == Set(catalogued.map { "\($0).json" }))
    }
}

/// The sources and samples in the repository.
private enum Sources {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let golden = tests.appending(path: "Golden")
    private static let messages = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Shared/Messages")

    static func sample(of type: MessageType) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: golden.appending(path: "\(type).json")))
        // Files end in a line feed; messages do not.
        return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
    }

    static func sampleNames() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: golden.path)) }

    /// The names in all `static let type = MessageType("service", "name")` declarations under `Shared/Messages`.
    static func declaredTypes() throws -> Set<String> {
        let declaration = /static let type = MessageType\("([a-z0-9-]+)", "([a-z0-9-]+)"(?:, version: ([0-9]+))?\)/
        var types: Set<String> = []
        let files = FileManager.default.enumerator(at: messages, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
                types.insert("\(match.1).\(match.2).v\(match.3 ?? "1")")
            }
        }
        return types
    }
}
