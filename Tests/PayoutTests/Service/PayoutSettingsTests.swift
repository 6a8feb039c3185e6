import ServiceHost
import Testing

@testable import Payout

@Suite("Settings of payout")
struct PayoutSettingsTests {
    private static let good = [
        "QUAN_PAYOUT_MASTER_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "QUAN_PAYOUT_BANK_URL": "https://bank.example/quan",
        "QUAN_PAYOUT_PAYER_NAME": "北京市财政局", "QUAN_PAYOUT_PAYER_ACCOUNT": "0200000000000000000",
        "QUAN_PAYOUT_PAYER_BANK_CODE": "102100099996",
    ]

    private static func problems(_ changes: [String: String?]) -> [String] {
        var environment = good
        for (name, value) in changes { environment[name] = value }
        do {
            _ = try SettingsRequest.read(
                arguments: [], environment: environment, declarations: HostSettings.all + PayoutSettings.all, rules: PayoutSettings.rules)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("complete settings are accepted, in production too")
    func complete() {
        #expect(Self.problems([:]) == [])
        #expect(Self.problems(["QUAN_PROFILE": "production"]) == [])
    }

    @Test(
        "the paying account, the bank and the master keys have no default: without one of them payout does not start",
        arguments: ["MASTER_KEYS", "BANK_URL", "PAYER_NAME", "PAYER_ACCOUNT", "PAYER_BANK_CODE"])
    func required(name: String) {
        let found = Self.problems(["QUAN_PAYOUT_\(name)": nil])
        #expect(found.count == 1 && found[0].contains("QUAN_PAYOUT_\(name)"), "\(found)")
    }

    @Test(
        "an invalid value is refused by name",
        arguments: [
            ("MASTER_KEYS", "short"), ("BANK_URL", "bank.example"), ("BANK_URL", "ftp://bank.example"),
            ("BANK_URL", "https://a@bank.example"), ("PAYER_NAME", "  "), ("PAYER_ACCOUNT", "0200 0000"),
            ("PAYER_ACCOUNT", String(repeating: "1", count: 35)), ("PAYER_BANK_CODE", "102100099997"), ("STATEMENT_STATUSES", "已入账"),
            ("PATIENCE", "1s"), ("STATEMENT_AGE_AT_MOST", "61s"), ("BANK_TRUST_ROOTS", "/nowhere.pem"),
            ("BANK_CERTIFICATE", "/nowhere.pem"),
        ])
    func refused(name: String, value: String) {
        let found = Self.problems(["QUAN_PAYOUT_\(name)": value])
        #expect(found.contains { $0.hasPrefix("QUAN_PAYOUT_\(name) (environment)") }, "\(found)")
    }

    @Test(
        "production refuses the sandbox's account and an unencrypted connection to the bank",
        arguments: [
            ("PAYER_NAME", "SANDBOX 沙箱付款账户"), ("PAYER_ACCOUNT", "SANDBOX0000000000001"), ("BANK_URL", "http://127.0.0.1:8090"),
        ])
    func production(name: String, value: String) {
        #expect(Self.problems(["QUAN_PAYOUT_\(name)": value]) == [], "the development profile allows it")
        let found = Self.problems(["QUAN_PAYOUT_\(name)": value, "QUAN_PROFILE": "production"])
        #expect(found.count == 1 && found[0].hasPrefix("QUAN_PAYOUT_\(name) (environment)"), "\(found)")
    }
}
