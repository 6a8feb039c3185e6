import Access
import FileStore
import Foundation
import HTTPTypes
import Kernel
import Messages
import Messaging
import ProgrammeStore
import TestKit
import Testing

@testable import Portal

/// A portal that has been told of two programmes, each with its bureau and agency, and of one enterprise's order in the first, from the order to
/// the payment; and everybody who might look at it.
struct Town: Sendable {
    let desk: Desk
    let tellers: [String: RunningService<NoRows>]
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

    /// Whoever might look, by name: the organisation acted for, and the role.
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

    static func with(offices: OfficeRule = Town.offices, _ play: (Town) async throws -> Void) async throws {
        try await Desk.with(hasOrdering: false, offices: offices) { desk in
            var tellers: [String: RunningService<NoRows>] = [:]
            for name in ["catalogue", "identity", "ordering", "redemption", "payout"] {
                tellers[name] = try desk.stage.start(
                    Contents(service: name, rows: NoRows.self) {}, on: try await desk.stage.database(name))
            }
            let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
            let end =
                "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n\(body.utf8.count)\n%%EOF\n"
            let paper = try desk.api.files.put(Array((body + end).utf8), claimedName: "合同.pdf", uploadedBy: Self.institution)
            let town = Town(desk: desk, tellers: tellers, paper: paper)
            try await town.tellAll()
            try await play(town)
        }
    }

    func tell(_ event: some Event, key: String) async throws {
        let teller = try #require(tellers[type(of: event).type.service])
        try await teller.runtime.speaker.transaction("tell", at: Date()) { _, say in try say.publish(event, key: key) }
    }

    /// Tells of the redemption in a state.
    func tellRedemption(_ state: String, version: Int = 1) async throws {
        let paper = ["document": "contract", "file": paper.hash.hexadecimal, "fileName": "合同 1.pdf"]
        try await tell(
            try Golden.message(
                RedemptionChanged.self, "redemption",
                [
                    "orderID": Self.order.uuidString, "enterpriseID": Self.enterprise.uuidString,
                    "institutionID": Self.institution.uuidString,
                    "programmeID": Self.programmeID, "programmeVersion": version, "state": state, "papers": [paper],
                ]), key: Self.order.lowercased)
        try await eventually("it is told") {
            try await desk.portal.number("select count(*) from official_case where kind = 'redemption' and state = '\(state)'") == 1
        }
    }

    private func tellAll() async throws {
        try await tell(try Golden.programme(), key: Self.programmeID)
        let ids = ["institutionID": Self.institution.uuidString, "programmeID": Self.programmeID]
        try await tell(try Golden.message(InstitutionChanged.self, nil, ids), key: Self.institution.lowercased)
        try await tell(
            try Golden.message(ProductChanged.self, nil, ids.merging(["productID": Self.product.uuidString]) { $1 }),
            key: Self.product.lowercased)
        try await tell(
            try Golden.message(
                EnterpriseChanged.self, nil, ["enterpriseID": Self.enterprise.uuidString, "programmeID": Self.programmeID]),
            key: Self.enterprise.lowercased)
        try await tell(
            try Golden.message(
                OrderChanged.self, "order",
                ids.merging(["orderID": Self.order.uuidString, "enterpriseID": Self.enterprise.uuidString]) { $1 }),
            key: Self.order.lowercased)
        try await tell(
            try Golden.message(
                DisbursementChanged.self, "disbursement",
                ids.merging(["disbursementID": Self.disbursement.uuidString, "orderID": Self.order.uuidString]) { $1 }),
            key: Self.disbursement.lowercased)
        try await tell(
            try Golden.message(PayeeChanged.self, nil, ["institutionID": Self.institution.uuidString]), key: Self.institution.lowercased)
        try await tellRedemption("in-review")
        try await eventually("all is told") {
            try await desk.portal.number(
                """
                select (select count(*) from official_case) + (select count(*) from purchase) + (select count(*) from enterprise)
                     + (select count(*) from product) + (select count(*) from institution) + (select count(*) from programme_version)
                """) == 8
        }
    }

    /// What somebody gets.
    func get(_ path: String, _ organisation: UUID, _ role: String) async throws -> Desk.Reply {
        try await desk.send(.get, "/api/v1/\(path)", token: try desk.token(organisation, role))
    }

    /// The names of the fields that somebody is shown of a thing; nil where it is not there for them.
    func fields(_ path: String, _ actor: (name: String, organisation: UUID, role: String)) async throws -> Set<String>? {
        let reply = try await get(path, actor.organisation, actor.role)
        if reply.status == 404 { return nil }
        #expect(reply.status == 200, "\(actor.name): \(path): \(reply.text)")
        return Set(reply.json.keys)
    }

    /// The same of the only thing in a list; nil where it is empty.
    func listed(_ path: String, _ actor: (name: String, organisation: UUID, role: String)) async throws -> Set<String>? {
        let reply = try await get(path, actor.organisation, actor.role)
        if reply.status == 403 { return nil }
        #expect(reply.status == 200 && reply.json["next"] is NSNull, "\(actor.name): \(path): \(reply.text)")
        let items = try #require(reply.json["items"] as? [[String: Any]])
        #expect(items.count <= 1)
        return items.first.map { Set($0.keys) }
    }
}
