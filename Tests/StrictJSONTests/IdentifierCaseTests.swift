import Foundation
import Testing

@testable import StrictJSON

@Suite("UUIDs in JSON")
struct IdentifierCaseTests {
    private struct Body: Codable, Hashable {
        var id: UUID
        var others: [UUID]
        var text: String
        var byID: [String: String]
    }

    private static let id = UUID(uuidString: "0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B1")

    @Test("every UUID is written in lower case, and read in either case")
    func lowered() throws {
        let id = try #require(Self.id)
        let body = Body(id: id, others: [id, id], text: "A", byID: [id.uuidString: "B"])
        let text = String(decoding: try StrictJSON.encode(body), as: UTF8.self)
        let lower = "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1"
        #expect(text == #"{"byID":{"\#(lower)":"B"},"id":"\#(lower)","others":["\#(lower)","\#(lower)"],"text":"A"}"#)
        #expect(try StrictJSON.decode(Body.self, from: Array(text.utf8)).id == id)
        #expect(try StrictJSON.decode(Body.self, from: Array(text.replacing(lower, with: id.uuidString).utf8)).id == id)
    }

    @Test(
        "a string that only contains a UUID, or resembles one, is not changed",
        arguments: [
            "0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B1 ", #""0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B1"#, "0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B",
            "0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0BG", "0199A0B1C2D3-7E4F-8A5B-6C7D8E9FA0B1A", #"\0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B1"#,
            #"\"#, "A", "",
        ])
    func kept(text: String) throws {
        let body = try StrictJSON.encode([text])
        #expect(try StrictJSON.decode([String].self, from: body) == [text])
    }

    @Test("truncated JSON is processed without a crash")
    func cutOff() {
        let whole = Array(#"["0199A0B1-C2D3-7E4F-8A5B-6C7D8E9FA0B1"]"#.utf8)
        for length in 0...whole.count {
            var piece = Array(whole.prefix(length))
            IdentifierCase.lower(&piece)
            #expect(piece.count == length)
            let isWhole = length >= whole.count - 1
            #expect((piece == Array(whole.prefix(length))) != isWhole)
        }
    }
}
