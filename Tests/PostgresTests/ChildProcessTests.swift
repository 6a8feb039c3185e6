import Foundation
import LocalPostgres
import Synchronization
import Testing

@Suite("A child process")
struct ChildProcessTests {
    /// The file to which a child's output is appended.
    private let output = "/tmp/quan-child-\(UUID().uuidString)"

    /// Runs a shell script. Returns its status and everything in its output file.
    private func run(_ script: String) async throws -> (status: Int32, output: String) {
        let status = try await ChildProcess(["/bin/sh", "-c", script], output: output).exit()
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }

    @Test("inherits no descriptors but its standard ones, and no blocked or ignored signals")
    func inheritance() async throws {
        defer { try? FileManager.default.removeItem(atPath: output) }
        signal(SIGUSR2, SIG_IGN)
        let inheritable = dup(STDIN_FILENO)
        defer { close(inheritable) }
        // Descriptor 3 is the folder while the shell lists it.
        let state = try await run("grep -E '^Sig(Blk|Ign)' /proc/self/status; for fd in /proc/$$/fd/*; do echo ${fd##*/}; done").output
        let lines = state.split(separator: "\n").map(String.init)
        #expect(lines.first == "SigBlk:\t0000000000000000")
        // Signals 32 and 33 belong to the C library; no program can reset them.
        let ignored = try #require(UInt64(lines[1].dropFirst("SigIgn:\t".count), radix: 16))
        #expect(ignored & ~0x1_8000_0000 == 0)
        #expect(lines.dropFirst(2) == ["0", "1", "2", "3"])
    }

    @Test("appends its output and errors to a file, has empty input, and a signal gives the status 128 plus its number")
    func streams() async throws {
        defer { try? FileManager.default.removeItem(atPath: output) }
        let first = try await run("echo out; echo error >&2; cat; exit 3")
        #expect(first.status == 3)
        #expect(first.output == "out\nerror\n")
        let second = try await run("echo more; kill -TERM $$")
        #expect(second.status == 128 + SIGTERM)
        #expect(second.output == "out\nerror\nmore\n")
    }

    @Test("its end is known while a process that it started still runs")
    func grandchild() async throws {
        defer { try? FileManager.default.removeItem(atPath: output) }
        let begun = ContinuousClock.now
        let (status, grandchild) = try await run("sleep 300 & echo $!; exit 7")
        #expect(status == 7)
        #expect(ContinuousClock.now - begun < .seconds(200))
        kill(try #require(pid_t(grandchild.dropLast())), SIGKILL)
    }

    @Test("a program that cannot be started is named in the error")
    func noProgram() async {
        await #expect {
            _ = try await ChildProcess(["/no/such/program"])
        } throws: { error in
            "\(error)".contains("/no/such/program")
        }
    }

    @Test("is not started while code runs that must not be copied")
    func notWhile() async throws {
        defer { try? FileManager.default.removeItem(atPath: output) }
        let requested = Flag()
        let output = output
        let child = Mutex<Task<Int32, any Error>?>(nil)
        let released = Mutex(Int64.max)
        await ChildProcess.withoutSpawning {
            child.withLock {
                $0 = Task {
                    requested.set()
                    return try await ChildProcess(["/bin/date", "+%s%N"], output: output).exit()
                }
            }
            requested.waitUntilSet()
            // The start, if it were possible, would happen now.
            usleep(50_000)
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            released.withLock { $0 = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec) }
        }
        _ = try await child.withLock { $0 }?.value
        let started = try #require(Int64(String(contentsOfFile: output, encoding: .utf8).dropLast()))
        let end = released.withLock { $0 }
        #expect(started >= end)
    }
}

/// A flag that one thread sets and another waits for.
private final class Flag: Sendable {
    private let isSet = Mutex(false)

    func set() { isSet.withLock { $0 = true } }

    func waitUntilSet() { while !isSet.withLock({ $0 }) { usleep(1000) } }
}
