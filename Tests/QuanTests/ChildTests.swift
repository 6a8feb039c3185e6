import Foundation
import Testing

@testable import Operations

@Suite("Child processes that end with this process")
struct ChildTests {
    @Test(
        "one thread starts them all, whatever tasks ask for them: the kernel kills them when the thread that started them ends",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/thread-self/children"), "the kernel lists no children of threads"))
    func oneThread() async throws {
        let children = try await withThrowingTaskGroup(of: Child.self) { group in
            for _ in 0..<16 { group.addTask { try await Child.start(["/bin/sleep", "60"], environment: [:], log: "/dev/null") } }
            return try await group.reduce(into: [Child]()) { $0.append($1) }
        }
        let started = Set(children.map { String($0.pid) })
        let parents = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { thread in
            let list = (try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)) ?? ""
            return !started.isDisjoint(with: list.split(separator: " ").map(String.init))
        }
        #expect(parents.count == 1)
        for child in children { child.signal(SIGKILL) }
        for child in children { #expect(await child.status() == 128 + SIGKILL) }
    }
}
