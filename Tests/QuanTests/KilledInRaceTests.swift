import Foundation
import Kernel
import Synchronization
import TestKit
import Testing

@Suite("Races for the last vouchers in an installation", .serialized)
struct KilledInRaceTests {
    private static let vouchers = 3
    private static let buyers = 60

    @Test(
        "BJ26-28: 60 enterprises order the last three vouchers while a service is killed: three succeed, the others are refused"
    )
    func lastVouchers() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let institution = UUID()
            let officer = try await Caller(installation, UUID(), "officer")
            try await Self.done(
                officer.post(
                    "/institutions",
                    #"{"institutionID":"\#(institution)","programmeID":"beijing-2026","name":"北京某服务有限公司","creditCode":"91110108000000002D"}"#
                ))
            let enterprises = try await Self.enterprises(installation)
            for service in ["ordering", "portal", "identity", "catalogue", "timer"] {
                let listed = try await officer.post(
                    "/products",
                    #"""
                    {"programmeID":"beijing-2026","institutionID":"\#(institution)","name":"\#(service)","category":"llm-applications",
                     "service":"llm-deployment","guideLowFen":1000000,"guideHighFen":1000000,"stockVouchers":\#(Self.vouchers)}
                    """#)
                try Self.done(listed)
                let answers = try await Self.race(for: listed.id, enterprises, killing: service, in: installation)
                #expect(answers.filter(\.isDone).count == Self.vouchers, "\(service) killed")
                let refusals = answers.filter { !$0.isDone }.map { ($0["problem"] as? [String: Any] ?? $0)["type"] as? String }
                #expect(refusals.count == Self.buyers - Self.vouchers)
                #expect(refusals.allSatisfy { $0 == "urn:quan:refusal:product-vouchers-used-up" }, "\(service) killed: \(Set(refusals))")
            }
            let ledger = try await installation.quan("ledger", "check")
            #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
        }
    }

    private static func done(_ outcome: (id: String, answer: [String: Any])) throws {
        try #require(outcome.answer.isDone, "\(outcome.answer)")
    }

    /// Registers the enterprises.
    private static func enterprises(_ installation: TestInstallation) async throws -> [Caller] {
        var all: [Caller] = []
        for number in 0..<buyers {
            let body = "91110108" + String(100_000_000 + number)
            let creditCode = body + String(try #require(CreditCode.checkCharacter(for: body)))
            let enterprise = try await Caller(installation, UUID(), "enterprise")
            try done(
                try await enterprise.post(
                    "/enterprises",
                    #"""
                    {"programmeID":"beijing-2026","name":"北京第\#(number)号科技有限公司","creditCode":"\#(creditCode)",
                     "registeredDivision":"110108","industryCode":"I65","employees":50,"revenueFen":500000000,"assetsFen":100000000,
                     "isLegalPerson":true,"establishedOn":"2019-04-01"}
                    """#))
            all.append(enterprise)
        }
        return all
    }

    /// Half of the enterprises order; the service is killed after the first answer, and then the other half orders. Returns all final
    /// answers.
    private static func race(
        for product: String, _ enterprises: [Caller], killing service: String, in installation: TestInstallation
    ) async throws -> [[String: Any]] {
        let victim = try installation.pid(of: service)
        let answered = Count()
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for (number, enterprise) in enterprises.enumerated() {
                group.addTask {
                    if number >= buyers / 2 {
                        try await eventually("the first is answered", within: .seconds(120)) { answered.value > 0 }
                    }
                    let answer = try await order(by: enterprise, product)
                    if answered.next() == 1 { kill(victim, SIGKILL) }
                    return answer
                }
            }
            return try await group.reduce(into: []) { $0.append($1.answer) }
        }
        try await eventually("\(service) is restarted") {
            let now = try installation.pid(of: service)
            return now != 0 && now != victim
        }
        return answers
    }

    /// Orders, and repeats the request with the same idempotency key after a lost connection, as the API requires.
    private static func order(by enterprise: Caller, _ product: String) async throws -> Answer {
        let key = UUID().uuidString
        var last: [String: Any]?
        try await eventually("it is answered", within: .seconds(120)) {
            let body = #"{"productID":"\#(product)","voucherFen":300000,"contact":"王女士"}"#
            last = try? await enterprise.post("/orders", body, key: key).answer
            return last != nil
        }
        return Answer(answer: last ?? [:])
    }

    /// A counter shared by tasks.
    private final class Count: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// An answer that is passed out of a task.
    private struct Answer: @unchecked Sendable {
        let answer: [String: Any]
    }
}
