import Testing

@testable import Campaigns

@Suite("Trials")
struct TrialScriptTests {
    @Test("a trial's second line contains the bank's URL for its installation")
    func bank() {
        let text = "#!/usr/bin/env python3\n# RIGHT: … (start with QUAN_PAYOUT_BANK_URL=http://127.0.0.1:9555)\nimport os\n"
        let script = TrialScript(path: "/tmp/t20_bank.py", text: text)
        #expect(script.name == "t20_bank")
        #expect(script.settings == ["QUAN_PAYOUT_BANK_URL=http://127.0.0.1:9555"])
        #expect(TrialScript(path: "/tmp/a.py", text: "# QUAN_PAYOUT_BANK_URL=http://127.0.0.1:1\n# RIGHT: …\n").settings.isEmpty)
    }

    @Test(
        "the last line of PASS or FAIL decides, unless the exit status is not 0",
        arguments: [
            ("PASS\n", 0, .passed), ("FAIL\nPASS\n", 0, .passed), ("PASS x\n", 0, .failed("it prints neither PASS nor FAIL")),
            ("BAD ['a']\nFAIL\n", 0, .failed("BAD ['a']")), ("FAIL\n", 0, .failed("it prints FAIL")),
            ("PASS\nTraceback\n", 1, .failed("exit status 1: Traceback")), ("PASS\n", 137, .failed("timed out")),
        ] as [(String, Int32, TrialScript.Verdict)])
    func verdict(output: String, status: Int32, verdict: TrialScript.Verdict) {
        #expect(TrialScript.verdict(output: output, status: status) == verdict)
    }
}
