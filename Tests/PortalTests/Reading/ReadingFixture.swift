import Access
import FileStore
import Foundation
import HTTPTypes
import Kernel
import Messages
import Messaging
import ProgrammeStore
import StrictJSON
import TestKit
import Testing

@testable import Portal

/// A portal that has applied the events of a programme and of one order, redemption and disbursement in it; offices of two programmes; and
/// callers in all roles.
struct ReadingFixture: Sendable {
    let portal: PortalFixture
    let publishers: [String: RunningService<NoRows>]
    let paper: StoredFile

    static let programmeID = "beijing-2026"
    static let otherProgrammeID = "tianjin-2026"
    static let order = UUID()
    static let disbursement = UUID()
    static let product = UUID()
    static let enterprise = UUID()
    static let otherEnterprise = UUID()
    static let institution = UUID()
    static let otherInstitution = UUID()
    static let bureau = UUID()
    static let agency = UUID()
    static let otherBureau = UUID()
    static let otherAgency = UUID()

    /// The callers, by name: their organisation and role.
    static let actors: [(name: String, organisation: UUID, role: String)] = [
        ("enterprise", enterprise, "enterprise"), ("other enterprise", otherEnterprise, "enterprise"),
        ("institution", institution, "institution"), ("other institution", otherInstitution, "institution"),
        ("officer", bureau, "officer"), ("reviewer", agency, "reviewer"), ("second bureau", otherBureau, "officer"),
        ("second agency", otherAgency, "reviewer"), ("bureau as reviewer", bureau, "reviewer"), ("agency as officer", agency, "officer"),
        ("stranger as officer", UUID(), "officer"), ("stranger as reviewer", UUID(), "reviewer"), ("public", UUID(), "public"),
        ("operator", UUID(), "operator"), ("unknown role", UUID(), "root"), ("institution as enterprise", institution, "enterprise"),
        ("enterprise as institution", enterprise, "institution"), ("institution as public", institution, "public"),
        ("enterprise as officer", enterprise, "officer"),
    ]

    static let offices = OfficeRule.listed([
        Office(programmeID: programmeID, role: "officer", organisation: bureau),
        Office(programmeID: programmeID, role: "reviewer", organisation: agency),
        Office(programmeID: otherProgrammeID, role: "officer", organisation: otherBureau),
        Office(programmeID: otherProgrammeID, role: "reviewer", organisation: otherAgency),
    ])

    static func with(offices: OfficeRule = ReadingFixture.offices, _ body: (ReadingFixture) async throws -> Void) async throws {
        try await PortalFixture.with(hasOrdering: false, offices: offices) { portal in
            var publishers: [String: RunningService<NoRows>] = [:]
            for name in ["catalogue", "identity", "ordering", "redemption", "payout"] {
                publishers[name] = try portal.messaging.start(
                    HandlerRegistry(service: name, rows: NoRows.self) {}, on: try await portal.messaging.database(name))
            }
            let head = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
            let end =
                "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n\(head.utf8.count)\n%%EOF\n"
            let paper = try portal.api.files.put(Array((head + end).utf8), claimedName: "合同.pdf", uploadedBy: Self.institution)
            let fixture = ReadingFixture(portal: portal, publishers: publishers, paper: paper)
            try await fixture.publishAll()
            try await body(fixture)
        }
    }

    func publish(_ event: some Event, key: String) async throws {
        let publisher = try #require(publishers[type(of: event).type.service])
        try await publisher.runtime.publisher.transaction("publish", at: Date()) { _, output in try output.publish(event, key: key) }
    }

    /// Publishes the redemption in a state, and waits until the portal has applied the event.
    func publishRedemption(_ state: String, version: Int = 1) async throws {
        let paper = ["document": "contract", "file": paper.hash.hexadecimal, "fileName": "合同 1.pdf"]
        try await publish(
            try Golden.message(
                RedemptionChanged.self, "redemption",
                [
                    "orderID": Self.order.uuidString, "enterpriseID": Self.enterprise.uuidString,
                    "institutionID": Self.institution.uuidString,
                    "programmeID": Self.programmeID, "programmeVersion": version, "state": state, "papers": [paper],
                ]), key: Self.order.lowercased)
        try await eventually("the event is applied") {
            try await portal.portal.number("select count(*) from case_record where kind = 'redemption' and state = '\(state)'") == 1
        }
    }

    private func publishAll() async throws {
        try await publish(try Golden.programme(), key: Self.programmeID)
        let ids = ["institutionID": Self.institution.uuidString, "programmeID": Self.programmeID]
        try await publish(try Golden.message(InstitutionChanged.self, nil, ids), key: Self.institution.lowercased)
        try await publish(
            try Golden.message(ProductChanged.self, nil, ids.merging(["productID": Self.product.uuidString]) { $1 }),
            key: Self.product.lowercased)
        try await publish(
            try Golden.message(
                EnterpriseChanged.self, nil, ["enterpriseID": Self.enterprise.uuidString, "programmeID": Self.programmeID]),
            key: Self.enterprise.lowercased)
        try await publish(
            try Golden.message(
                OrderChanged.self, "order",
                ids.merging(["orderID": Self.order.uuidString, "enterpriseID": Self.enterprise.uuidString]) { $1 }),
            key: Self.order.lowercased)
        try await publish(
            try Golden.message(
                DisbursementChanged.self, "disbursement",
                ids.merging(["disbursementID": Self.disbursement.uuidString, "orderID": Self.order.uuidString]) { $1 }),
            key: Self.disbursement.lowercased)
        try await publish(
            try Golden.message(PayeeChanged.self, nil, ["institutionID": Self.institution.uuidString]), key: Self.institution.lowercased)
        try await publishRedemption("in-review")
        try await eventually("all events are applied") {
            try await portal.portal.number(
                """
                select (select count(*) from case_record) + (select count(*) from order_record) + (select count(*) from enterprise)
                     + (select count(*) from product) + (select count(*) from institution) + (select count(*) from programme_version)
                """) == 8
        }
    }

    /// The response to a `GET` of a caller.
    func get(_ path: String, _ organisation: UUID, _ role: String) async throws -> PortalFixture.Reply {
        try await portal.send(.get, "/api/v1/\(path)", token: try portal.token(organisation, role))
    }

    /// The names of the fields that a caller can read of a record; nil where it is answered as missing.
    func fields(_ path: String, _ actor: (name: String, organisation: UUID, role: String)) async throws -> Set<String>? {
        let reply = try await get(path, actor.organisation, actor.role)
        if reply.status == 404 { return nil }
        #expect(reply.status == 200, "\(actor.name): \(path): \(reply.text)")
        return Set(reply.json.keys)
    }

    /// The same for the only item of a list; nil where the list is empty.
    func listed(_ path: String, _ actor: (name: String, organisation: UUID, role: String)) async throws -> Set<String>? {
        let reply = try await get(path, actor.organisation, actor.role)
        if reply.status == 403 { return nil }
        #expect(reply.status == 200 && reply.json["next"] is NSNull, "\(actor.name): \(path): \(reply.text)")
        let items = try #require(reply.json["items"] as? [[String: Any]])
        #expect(items.count <= 1)
        return items.first.map { Set($0.keys) }
    }
}
