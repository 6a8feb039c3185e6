import Foundation
import Glibc
import TestKit

/// The memory of the services of an idle installation together.
struct IdleMemory: Benchmark {
    let name = "idle_memory_mb"
    let unit = "MB"
    let summary = "memory of all services of an idle installation together; a page that several share is counted once (PSS)"
    let baseline = "a process that only sleeps (sleep of coreutils)"
    let goal = Goal.valueAtMost(300)

    /// The time after the start until an installation is idle.
    private static let idleAfter = Duration.seconds(10)

    func prepare(_ environment: BenchmarkEnvironment) async throws -> PlatformProcess {
        let platform = try await PlatformProcess.start(isDurable: false)
        try await Task.sleep(for: Self.idleAfter)
        return platform
    }

    func measure(_ fixture: PlatformProcess, on environment: BenchmarkEnvironment) async throws -> Double {
        var sum = 0.0
        for service in fixture.record.services {
            let megabytes = try Self.megabytes(of: service.pid)
            Progress.report("\(name): \(service.name) \(Figure.text(megabytes))")
            sum += megabytes
        }
        return sum
    }

    func measureBaseline(_ fixture: PlatformProcess, on environment: BenchmarkEnvironment) async throws -> Double {
        let child = try await ChildProcess(["/usr/bin/sleep", "60"])
        // Wait for exec: before it the child is a copy of this process and has its name.
        let end = ContinuousClock.now + .seconds(10)
        while (try? String(contentsOfFile: "/proc/\(child.pid)/comm", encoding: .utf8)) != "sleep\n", ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        defer { kill(child.pid, SIGKILL) }
        return try Self.megabytes(of: child.pid)
    }

    func tearDown(_ fixture: PlatformProcess) async { await fixture.stop() }

    /// The proportional set size from `/proc/<pid>/smaps_rollup`, converted from KiB: pages shared by n processes count one n-th in each.
    private static func megabytes(of pid: pid_t) throws -> Double {
        let rollup = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
        guard let kibibytes = rollup.firstMatch(of: /\nPss:\s+(\d+) kB/).flatMap({ Double($0.1) }) else {
            throw BenchmarkError("process \(pid) has no memory")
        }
        return kibibytes * 1024 / 1_000_000
    }
}
