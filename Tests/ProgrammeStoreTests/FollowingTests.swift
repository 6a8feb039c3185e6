import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import Programme
import ProgrammeStore
import TestKit
import Testing

@Suite("Programmes in a service", .serialized)
struct FollowingTests {
    @Test("an unknown programme or version is refused under QUAN-07; of several known versions the highest in force is used")
    func versions() async throws {
        try await ProgrammeStage.with { stage in
            let question = NameCity(programmeID: "beijing-2026", version: nil, mayWait: false)
            let before = try await stage.answer(question)
            #expect(before.refusal?.clauses == ["QUAN-07"])

            try await stage.publishAndWait(try Texts.published(version: 1))
            try await stage.publishAndWait(try Texts.published(version: 2, from: "2026-03-01"))
            #expect(try await stage.answer(question, at: "2026-02-28").result == "\"110000 1\"")
            #expect(try await stage.answer(question, at: "2026-03-01").result == "\"110000 2\"")
            let outside = try await stage.answer(question, at: "2027-01-01")
            #expect(outside.refusal?.clauses == ["QUAN-07"])
            #expect(outside.refusal?.numbers.map(\.name) == ["programme", "given"])

            let third = try await stage.answer(NameCity(programmeID: "beijing-2026", version: 3, mayWait: false))
            #expect(third.refusal?.clauses == ["QUAN-07"])
            let first = try await stage.answer(NameCity(programmeID: "beijing-2026", version: 1, mayWait: false), at: "2026-12-01")
            #expect(first.result == "\"110000 1\"")
        }
    }

    @Test("a message that names a version that has not arrived waits for it")
    func waiting() async throws {
        try await ProgrammeStage.with { stage in
            let id = try await stage.ask(NameCity(programmeID: "beijing-2026", version: 1, mayWait: true), at: "2026-06-01")
            try await eventually("the partition waits") {
                stage.follower.runtime.health.problems.values.contains { $0.contains("beijing-2026 version 1") }
            }
            let decided = "select count(*) from audit where type = '\(NameCity.type)'"
            #expect(try await stage.follower.number(decided) == 0, "it must not be decided yet")
            try await stage.publish(try Texts.published(version: 1))
            let outcome = try #require(try await stage.asker.runtime.requests.outcome(of: id, within: .seconds(60)))
            #expect(outcome.result == "\"110000 1\"")
        }
    }

    @Test("repeating a version changes nothing; an unreadable one is parked, and readiness reports it")
    func unreadable() async throws {
        try await ProgrammeStage.with { stage in
            let first = try Texts.published(version: 1)
            try await stage.publishAndWait(first)
            try await stage.publish(first)
            #expect(await ProgrammeReadiness.problem(stage.follower.pool) == nil)

            try await stage.publish(try Texts.published(version: 2) { $0.replacing("\nsubsidy:", with: "\nsubsidi:") })
            try await eventually("it is set aside") { try await stage.follower.number("select count(*) from parked where is_head") == 1 }
            let problem = try #require(await ProgrammeReadiness.problem(stage.follower.pool))
            #expect(problem.contains("beijing-2026 version 2") && problem.contains("beijing-2026.yaml:"))
            #expect(try await stage.follower.number("select count(*) from programme_version") == 1)
        }
    }

    @Test("files are encoded and decoded unchanged, and other files have another hash")
    func files() throws {
        let published = try Texts.published(version: 1)
        let source = ProgrammeSource(published.files)
        #expect(ProgrammeFiles(source) == published.files)
        #expect(try source == Texts.source.get())
        let altered = try Texts.published(version: 1) { $0 + "# another line\n" }
        #expect(try altered.files.contentHash() != published.files.contentHash())
        var rows = ProgrammeRows()
        try rows.record(published)
        try rows.record(published)
        #expect(throws: ProgrammeUnreadable.self) { try rows.record(altered) }
        #expect(rows.versions == [ProgrammeVersion(programmeID: "beijing-2026", version: 1)])
    }
}
