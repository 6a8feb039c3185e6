import Foundation
import Testing

/// The participants of a test: an officer, an institution with a product, and an enterprise.
struct TestParticipants {
    let officer: Caller
    let institution: Caller
    let enterprise: Caller
    let product: String
    /// The organisation ids of the institution and the enterprise.
    let organisations: [UUID]

    /// Signs the participants in and registers them.
    init(_ installation: TestInstallation) async throws {
        let (institutionID, enterpriseID) = (UUID(), UUID())
        organisations = [institutionID, enterpriseID]
        officer = try await Caller(installation, UUID(), "officer")
        institution = try await Caller(installation, institutionID, "institution")
        enterprise = try await Caller(installation, enterpriseID, "enterprise")
        let admitted = try await officer.post(
            "/institutions",
            #"{"institutionID":"\#(institutionID)","programmeID":"beijing-2026","name":"北京某服务有限公司","creditCode":"91110108000000002D"}"#)
        #expect(admitted.answer.isDone, "\(admitted.answer)")
        let listed = try await officer.post(
            "/products",
            #"""
            {"programmeID":"beijing-2026","institutionID":"\#(institutionID)","name":"大模型部署服务","category":"llm-applications",
             "service":"llm-deployment","guideLowFen":1000000,"guideHighFen":1000000,"stockVouchers":10}
            """#)
        #expect(listed.answer.isDone, "\(listed.answer)")
        product = listed.id
        let registered = try await enterprise.post(
            "/enterprises",
            #"""
            {"programmeID":"beijing-2026","name":"北京某科技有限公司","creditCode":"91110108000000001A","registeredDivision":"110108",
             "industryCode":"I65","employees":50,"revenueFen":500000000,"assetsFen":100000000,"isLegalPerson":true,
             "establishedOn":"2019-04-01"}
            """#)
        #expect(registered.answer.isDone, "\(registered.answer)")
    }

    func place() async throws -> String {
        let placed = try await enterprise.post(
            "/orders", #"{"productID":"\#(product)","voucherFen":300000,"contact":"王女士"}"#)
        #expect(placed.answer.isDone, "\(placed.answer)")
        return placed.id
    }
}
