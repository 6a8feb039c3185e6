import Access
import FileStore
import Foundation
import HTTPTypes
import Kernel
import Messages
import TestKit
import Testing

@testable import Portal

private let order: Set<String> = [
    "orderID", "number", "programmeID", "programmeVersion", "enterpriseID", "enterpriseName", "institutionID", "institutionName",
    "productID",
    "productName", "guideLowFen", "guideHighFen", "voucherFen", "placedAt", "firstPlacedOn", "state", "dueAt", "contract",
    "pendingVoucherFen", "contractDispute", "stars",
]
private let redemption: Set<String> = [
    "orderID", "orderNumber", "programmeID", "programmeVersion", "institutionID", "institutionName", "enterpriseID", "enterpriseName",
    "productID", "productName", "state", "reservedFen", "appliedAt", "papers", "facts", "flags", "calculation", "calculatedFen",
    "amountFen",
    "payableFen", "notice", "dueAt",
]
private let payment: Set<String> = [
    "disbursementID", "orderID", "programmeID", "programmeVersion", "institutionID", "institutionName", "amountFen", "state", "batchID",
    "attempt", "instructionID", "attemptState", "bankReference", "owedFen", "returnedFen", "payee",
    "isPayeeProposed",
]
private let account: Set<String> = ["institutionID", "accountName", "bankCode", "maskedAccount", "at"]
private let standing: Set<String> = [
    "enterpriseID", "programmeID", "programmeVersion", "name", "creditCode", "state", "sizeClass", "tier", "quotaFen", "refusals",
]

@Suite("Read access of each caller")
struct ReadAccessTests {
    /// Expects the fields that each caller can read of a record; a caller that is not named can read none.
    private func expect(_ fixture: ReadingFixture, _ path: String, isList: Bool = false, _ readable: [String: Set<String>]) async throws {
        for actor in ReadingFixture.actors {
            let fields = isList ? try await fixture.listed(path, actor) : try await fixture.fields(path, actor)
            // The golden files set every field, so a missing field is one that the caller cannot read. Lists have no steps.
            #expect(fields.map { $0.subtracting(["steps"]) } == readable[actor.name], "\(actor.name) reads \(path)")
        }
        #expect(try await fixture.portal.send(.get, "/api/v1/\(path)").status == 401, "\(path) without a token")
    }

    @Test(
        "each role and party reads its own classes of fields of orders, redemptions, payments, accounts and enterprises; other callers none"
    )
    func matrix() async throws {
        try await ReadingFixture.with { fixture in
            let parties = ["enterprise": order, "institution": order, "officer": order]
            try await expect(fixture, "orders/\(ReadingFixture.order)", parties)
            try await expect(fixture, "orders", isList: true, parties)
            let readers = ["enterprise": redemption, "institution": redemption, "officer": redemption, "reviewer": redemption]
            try await expect(fixture, "redemptions/\(ReadingFixture.order)", readers)
            try await expect(fixture, "redemptions", isList: true, readers)
            let paid = ["institution": payment, "officer": payment.union(["alarm"])]
            try await expect(fixture, "disbursements/\(ReadingFixture.disbursement)", paid)
            try await expect(fixture, "disbursements", isList: true, paid)
            try await expect(fixture, "payees/\(ReadingFixture.institution)", ["institution": account, "officer": account])
            try await expect(fixture, "payees", isList: true, ["institution": account, "officer": account])
            try await expect(fixture, "enterprises", isList: true, ["officer": standing.union(["appeal"]), "reviewer": standing])
            try await expect(fixture, "entitlements", isList: true, ["enterprise": standing.union(["appeal"])])
        }
    }

    @Test("BJ26-42: in public notice every authenticated caller reads exactly the fields that the programme publishes")
    func notice() async throws {
        try await ReadingFixture.with { fixture in
            try await fixture.publishRedemption("in-notice")
            let published: Set<String> = ["orderID", "programmeID", "state", "notice", "institutionName", "productName", "amountFen"]
            for actor in ReadingFixture.actors {
                let isReader = ["enterprise", "institution", "officer", "reviewer"].contains(actor.name)
                for fields in [
                    try await fixture.fields("redemptions/\(ReadingFixture.order)", actor), try await fixture.listed("redemptions", actor),
                ] {
                    #expect(fields.map { $0.subtracting(["steps"]) } == (isReader ? redemption : published), "\(actor.name)")
                    if !isReader { #expect(fields?.contains("steps") == false) }
                }
            }
            // After the public notice has ended, the public cannot read the redemption.
            try await fixture.publishRedemption("approved")
            #expect(try await fixture.get("redemptions/\(ReadingFixture.order)", UUID(), "public").status == 404)
            #expect((try await fixture.get("redemptions", UUID(), "public").json["items"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("the programme defines the fields of a public notice: another version may publish another field")
    func publishes() async throws {
        try await ReadingFixture.with { fixture in
            let publishes = "publishes: [order.institutionName, order.productName, redemption.amount]"
            let altered = try Golden.programme([
                (publishes, "publishes: [institution.name, enterprise.name]"), ("\nversion: 1\n", "\nversion: 2\n"),
            ])
            try await fixture.publish(altered, key: ReadingFixture.programmeID)
            try await eventually("the event is applied") {
                try await fixture.portal.portal.number("select count(*) from programme_version") == 2
            }
            try await fixture.publishRedemption("in-notice", version: 2)
            let fields = try await fixture.fields("redemptions/\(ReadingFixture.order)", ("public", UUID(), "public"))
            #expect(fields == ["orderID", "programmeID", "state", "notice", "institutionName", "enterpriseName"])
        }
    }

    @Test("the length of a page and its next page do not reveal records that the caller may not read")
    func pages() async throws {
        try await ReadingFixture.with { fixture in
            for actor in ReadingFixture.actors where !["enterprise", "institution", "officer"].contains(actor.name) {
                let reply = try await fixture.get("orders?limit=1", actor.organisation, actor.role)
                #expect(reply.text == #"{"items":[],"next":null}"#, "\(actor.name)")
                let filtered = try await fixture.get("redemptions?limit=1&state=in-review", actor.organisation, actor.role)
                if actor.name != "reviewer" { #expect(filtered.text == #"{"items":[],"next":null}"#, "\(actor.name)") }
            }
        }
    }

    @Test("a redemption's parties, reviewer and officer can download its papers, as attachments that a browser does not render")
    func papers() async throws {
        try await ReadingFixture.with { fixture in
            let path = "redemptions/\(ReadingFixture.order)/papers/\(fixture.paper.hash.hexadecimal)"
            for state in ["in-review", "in-notice"] {
                try await fixture.publishRedemption(state)
                for actor in ReadingFixture.actors {
                    let reply = try await fixture.get(path, actor.organisation, actor.role)
                    let isReader = ["enterprise", "institution", "officer", "reviewer"].contains(actor.name)
                    #expect(reply.status == (isReader ? 200 : 404), "\(actor.name)")
                    if isReader { #expect(reply.text.hasPrefix("%PDF-1.4")) }
                }
            }
            let reply = try await fixture.get(path, ReadingFixture.agency, "reviewer")
            #expect(reply.headers[.contentType] == "application/pdf")
            #expect(reply.headers[.contentDisposition] == "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf")
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            #expect(reply.headers[.contentSecurityPolicy]?.hasPrefix("sandbox") == true)
            // A stored file that is not a paper of this case is answered as missing.
            let other = try fixture.portal.api.files.put(
                Array("<a>1</a>".utf8), claimedName: "a.xml", uploadedBy: ReadingFixture.institution)
            let otherPath = "redemptions/\(ReadingFixture.order)/papers/\(other.hash.hexadecimal)"
            let stranger = try await fixture.get(otherPath, ReadingFixture.agency, "reviewer")
            #expect(stranger.status == 404 && stranger.clauses == ["QUAN-07"])
            #expect(try await fixture.get("redemptions/\(ReadingFixture.order)/papers/x", ReadingFixture.agency, "reviewer").status == 404)
        }
    }

    @Test("in a rehearsal a bureau can read its programme's records only after it has acted; a second bureau never can")
    func rehearsal() async throws {
        try await ReadingFixture.with(offices: .firstToAct) { fixture in
            #expect(try await fixture.get("orders/\(ReadingFixture.order)", ReadingFixture.bureau, "officer").status == 404)
            try await fixture.publish(
                OfficeAppointed(programmeID: ReadingFixture.programmeID, role: "officer", organisation: ReadingFixture.bureau),
                key: "beijing-2026/officer")
            try await eventually("the event is applied") { try await fixture.portal.portal.number("select count(*) from office") == 1 }
            #expect(try await fixture.get("orders/\(ReadingFixture.order)", ReadingFixture.bureau, "officer").status == 200)
            #expect(try await fixture.get("orders/\(ReadingFixture.order)", ReadingFixture.otherBureau, "officer").status == 404)
            #expect(try await fixture.get("redemptions/\(ReadingFixture.order)", ReadingFixture.agency, "reviewer").status == 404)
        }
    }
}
