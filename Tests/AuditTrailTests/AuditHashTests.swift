import Testing

@testable import AuditTrail

@Suite("Audit hashes")
struct AuditHashTests {
    /// The expected values were computed by another program.
    @Test("rows and seals are hashed by a rule that never changes")
    func rule() {
        let (first, second) = (AuditHash.row(#"[1, "a"]"#), AuditHash.row(#"[2, "合同"]"#))
        #expect(AuditHash.text(first) == "4a72386a027702c1f4fdf182d13b71437ba1606b177123eb73a11eb0bd2feeb8")
        #expect(first.count == AuditHash.bytes && second.count == AuditHash.bytes)
        let seal = AuditHash.seal(after: [], number: 1, rowHashes: first + second)
        #expect(AuditHash.text(seal) == "ddb08253c3038ce1d0cb716a46c8811f872a4ec1c587936ba4d3bc76cfc71835")
        let next = AuditHash.seal(after: seal, number: 2, rowHashes: first)
        #expect(AuditHash.text(next) == "7b55cce4b13f6db486f5d701f71102c3029522df18a45ebd7a8b091948479806")
    }

    @Test("a hash is written in lower-case hexadecimal, two digits for each byte")
    func text() { #expect(AuditHash.text([0, 9, 0x0a, 0xff]) == "00090aff") }
}
