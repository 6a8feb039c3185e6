import Foundation
import Programme
import Testing

@Suite("The files of the repository load")
struct FilesLoadTests {
    @Test("beijing-2026 loads without a warning: every clause of its notice is implemented by a rule or named in notHere")
    func beijing2026() throws {
        let loaded = try Files.beijing2026()
        #expect(loaded.warnings.map(\.description) == [])
        #expect(loaded.programme.id == "beijing-2026")
    }

    @Test(
        "the other three programmes load with the same kinds of condition, and lint finds every clause of their documents",
        arguments: ["beijing-2024", "guangzhou-2020", "hangzhou-2026"])
    func samples(_ id: String) throws {
        let loaded = try Files.sample(id)
        #expect(loaded.warnings.map(\.description) == [])
        #expect(loaded.programme.id == id)
    }
}
