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

@Suite("What each caller reads")
struct SightTests {
    /// What each caller is shown of one thing: everybody who is not named is shown nothing.
    private func expect(_ town: Town, _ path: String, isList: Bool = false, _ shown: [String: Set<String>]) async throws {
        for actor in Town.actors {
            let fields = isList ? try await town.listed(path, actor) : try await town.fields(path, actor)
            // The samples lack no field, but a field may be there for some and lack for nobody else.
            #expect(fields.map { $0.subtracting(["steps"]) } == shown[actor.name], "\(actor.name) reads \(path)")
        }
        #expect(try await town.desk.send(.get, "/api/v1/\(path)").status == 401, "\(path) without a token")
    }

    @Test(
        "of orders, redemptions, payments, accounts and enterprises each role and party is shown its own classes of fields, and nobody else any"
    )
    func matrix() async throws {
        try await Town.with { town in
            let parties = ["enterprise": order, "institution": order, "officer": order]
            try await expect(town, "orders/\(Town.order)", parties)
            try await expect(town, "orders", isList: true, parties)
            let seers = ["enterprise": redemption, "institution": redemption, "officer": redemption, "reviewer": redemption]
            try await expect(town, "redemptions/\(Town.order)", seers)
            try await expect(town, "redemptions", isList: true, seers)
            let paid = ["institution": payment, "officer": payment.union(["alarm"])]
            try await expect(town, "disbursements/\(Town.disbursement)", paid)
            try await expect(town, "disbursements", isList: true, paid)
            try await expect(town, "payees/\(Town.institution)", ["institution": account, "officer": account])
            try await expect(town, "payees", isList: true, ["institution": account, "officer": account])
            try await expect(town, "enterprises", isList: true, ["officer": standing.union(["appeal"]), "reviewer": standing])
            try await expect(town, "entitlements", isList: true, ["enterprise": standing.union(["appeal"])])
        }
    }

    @Test("BJ26-42: in public notice everybody who has signed in is shown what the programme publishes, and nothing else")
    func notice() async throws {
        try await Town.with { town in
            try await town.tellRedemption("in-notice")
            let published: Set<String> = ["orderID", "programmeID", "state", "notice", "institutionName", "productName", "amountFen"]
            for actor in Town.actors {
                let isSeer = ["enterprise", "institution", "officer", "reviewer"].contains(actor.name)
                for fields in [
                    try await town.fields("redemptions/\(Town.order)", actor), try await town.listed("redemptions", actor),
                ] {
                    #expect(fields.map { $0.subtracting(["steps"]) } == (isSeer ? redemption : published), "\(actor.name)")
                    if !isSeer { #expect(fields?.contains("steps") == false) }
                }
            }
            // What is no longer in notice is not shown to the public any more.
            try await town.tellRedemption("approved")
            #expect(try await town.get("redemptions/\(Town.order)", UUID(), "public").status == 404)
            #expect((try await town.get("redemptions", UUID(), "public").json["items"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("what a notice shows is the programme's: another version that publishes another field shows that one")
    func publishes() async throws {
        try await Town.with { town in
            let publishes = "publishes: [institution.name, product.name, redemption.amount]"
            let altered = try Golden.programme([
                (publishes, "publishes: [institution.name, enterprise.name]"), ("\nversion: 1\n", "\nversion: 2\n"),
            ])
            try await town.tell(altered, key: Town.programmeID)
            try await eventually("it is told") { try await town.desk.portal.number("select count(*) from programme_version") == 2 }
            try await town.tellRedemption("in-notice", version: 2)
            let fields = try await town.fields("redemptions/\(Town.order)", ("public", UUID(), "public"))
            #expect(fields == ["orderID", "programmeID", "state", "notice", "institutionName", "enterpriseName"])
        }
    }

    @Test("a page's length and its next page tell nothing of what the caller may not see")
    func pages() async throws {
        try await Town.with { town in
            for actor in Town.actors where !["enterprise", "institution", "officer"].contains(actor.name) {
                let reply = try await town.get("orders?limit=1", actor.organisation, actor.role)
                #expect(reply.text == #"{"items":[],"next":null}"#, "\(actor.name)")
                let filtered = try await town.get("redemptions?limit=1&state=in-review", actor.organisation, actor.role)
                if actor.name != "reviewer" { #expect(filtered.text == #"{"items":[],"next":null}"#, "\(actor.name)") }
            }
        }
    }

    @Test("a redemption's papers are read by its parties, its reviewer and its officer, as files that a browser opens nothing in")
    func papers() async throws {
        try await Town.with { town in
            let path = "redemptions/\(Town.order)/papers/\(town.paper.hash.hexadecimal)"
            for state in ["in-review", "in-notice"] {
                try await town.tellRedemption(state)
                for actor in Town.actors {
                    let reply = try await town.get(path, actor.organisation, actor.role)
                    let isReader = ["enterprise", "institution", "officer", "reviewer"].contains(actor.name)
                    #expect(reply.status == (isReader ? 200 : 404), "\(actor.name)")
                    if isReader { #expect(reply.text.hasPrefix("%PDF-1.4")) }
                }
            }
            let reply = try await town.get(path, Town.agency, "reviewer")
            #expect(reply.headers[.contentType] == "application/pdf")
            #expect(reply.headers[.contentDisposition] == "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf")
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            #expect(reply.headers[.contentSecurityPolicy]?.hasPrefix("sandbox") == true)
            // A file that is in the store for something else is none of this case's papers.
            let other = try town.desk.api.files.put(Array("<a>1</a>".utf8), claimedName: "a.xml", uploadedBy: Town.institution)
            let stranger = try await town.get("redemptions/\(Town.order)/papers/\(other.hash.hexadecimal)", Town.agency, "reviewer")
            #expect(stranger.status == 404 && stranger.clauses == ["QUAN-07"])
            #expect(try await town.get("redemptions/\(Town.order)/papers/x", Town.agency, "reviewer").status == 404)
        }
    }

    @Test(
        "in a rehearsal a bureau reads nothing before it has acted, and everything of its programme afterwards; a second one nothing ever")
    func rehearsal() async throws {
        try await Town.with(offices: .firstToAct) { town in
            #expect(try await town.get("orders/\(Town.order)", Town.bureau, "officer").status == 404)
            try await town.tell(
                OfficeAppointed(programmeID: Town.programmeID, role: "officer", organisation: Town.bureau), key: "beijing-2026/officer")
            try await eventually("it is told") { try await town.desk.portal.number("select count(*) from office") == 1 }
            #expect(try await town.get("orders/\(Town.order)", Town.bureau, "officer").status == 200)
            #expect(try await town.get("orders/\(Town.order)", Town.otherBureau, "officer").status == 404)
            #expect(try await town.get("redemptions/\(Town.order)", Town.agency, "reviewer").status == 404)
        }
    }
}
