import Foundation
import Kernel
import Programme
import Testing

@Suite("Fuzzing of files: each loads or is refused with a position")
struct FuzzTests {
    private func check(_ text: String, _ book: ClauseBook) {
        do {
            _ = try Programme.load(SourceText(name: "fuzz.yaml", text: text), book: book)
        } catch {
            let lines = text.utf8.count { $0 == 0x0A } + 2
            #expect(error.all.contains { $0.severity == .error })
            #expect(error.all.allSatisfy { $0.place.line >= 1 && $0.place.line <= lines && !$0.problem.isEmpty && !$0.remedy.isEmpty })
        }
    }

    @Test("a truncated file", arguments: 0..<24)
    func truncated(_ part: Int) throws {
        let text = try Files.text(Files.samples.appending(path: "guangzhou-2020.yaml")).text
        let end = text.index(text.startIndex, offsetBy: text.count * part / 24 + part)
        check(String(text[..<end]), try Files.book())
    }

    @Test("a file with swapped, doubled or missing letters, lines and words", arguments: 0..<60)
    func mutated(_ seed: Int) throws {
        var numbers = SplitMix64(seed: UInt64(seed) + 1)
        let file = ["hangzhou-2026", "beijing-2024", "guangzhou-2020"][seed % 3]
        var scalars = Array(try Files.text(Files.samples.appending(path: "\(file).yaml")).text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...8, using: &numbers) { mutate(&scalars, &numbers) }
        check(String(String.UnicodeScalarView(scalars)), try Files.book())
    }

    private func mutate(_ text: inout [Unicode.Scalar], _ numbers: inout SplitMix64) {
        guard text.count > 50 else { return }
        let place = Int.random(in: 0..<text.count - 40, using: &numbers)
        let length = Int.random(in: 1...30, using: &numbers)
        let odd = Array("{}[]:,-#&*!|>'\"%@`\n\t \u{0}\u{7}\u{FEFF}\u{10FFFF}９0-".unicodeScalars)
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: text.remove(at: place)
        case 1: text.insert(odd[Int.random(in: 0..<odd.count, using: &numbers)], at: place)
        case 2: text[place] = odd[Int.random(in: 0..<odd.count, using: &numbers)]
        case 3: text.removeSubrange(place..<place + length)
        case 4: text.insert(contentsOf: Array(text[place..<place + length]), at: Int.random(in: 0..<text.count, using: &numbers))
        default: text.replaceSubrange(place..<place + length, with: Array("-99999999999999999999".unicodeScalars))
        }
    }
}
