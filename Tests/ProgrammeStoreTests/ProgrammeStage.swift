import Foundation
import Kernel
import Messages
import Messaging
import ProgrammeStore
import TestKit
import Testing

/// A catalogue that publishes programmes, a service that subscribes to them, and a sender of commands to that service.
struct ProgrammeStage {
    let catalogue: RunningService<NoRows>
    let follower: RunningService<FollowerRows>
    let asker: RunningService<NoRows>

    static func with(_ play: (ProgrammeStage) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["catalogue", "follower", "asker"]) { stage in
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            let catalogue = try stage.start(
                HandlerRegistry(service: "catalogue", rows: NoRows.self, commandsFrom: []) {}, on: try await stage.database("catalogue"),
                options: options)
            let follower = try stage.start(
                Follower.registry, on: try await stage.database("follower", tables: ProgrammeMigrations.sql), options: options)
            let asker = try stage.start(
                HandlerRegistry(service: "asker", rows: NoRows.self, asks: ["follower"]) {}, on: try await stage.database("asker"),
                options: options)
            try await play(ProgrammeStage(catalogue: catalogue, follower: follower, asker: asker))
        }
    }

    func publish(_ published: ProgrammePublished) async throws {
        try await catalogue.runtime.publisher.transaction("publish", at: Date()) { _, output in
            try output.publish(published, key: published.programmeID)
        }
    }

    func publishAndWait(_ published: ProgrammePublished) async throws {
        try await publish(published)
        try await eventually("version \(published.version) has arrived") {
            try await follower.number("select count(*) from programme_version where version = \(published.version)") == 1
        }
    }

    func ask(_ question: NameCity, at now: String) async throws -> UUID {
        let key = UUID().uuidString
        return try await asker.runtime.requests.accept(
            question, key: key,
            from: Requests.Caller(
                organisation: "org", operation: "name", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)),
                receivedAt: try instant(now)))
    }

    func answer(_ question: NameCity, at now: String = "2026-06-01") async throws -> Outcome {
        try #require(try await asker.runtime.requests.outcome(of: try await ask(question, at: now), within: .seconds(60)))
    }

    private func instant(_ day: String) throws -> Date { BeijingTime.startOfDay(try CalendarDate(day)).addingTimeInterval(3600) }
}
