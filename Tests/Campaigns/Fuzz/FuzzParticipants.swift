import Foundation
import Kernel
import Synchronization
import TestKit

/// A caller of the API, as the sandbox's sign-in identifies it.
struct FuzzParticipant: Sendable, Hashable {
    let name: String
    let person: String
    let organisation: String
    let role: String
}

/// The callers of a fuzz run, and their tokens.
final class FuzzParticipants: Sendable {
    /// A token is valid for 15 minutes; it is replaced earlier.
    private static let tokenLifetime = Duration.seconds(300)

    let officer = FuzzParticipant(name: "officer", person: "li", organisation: bureau, role: "officer")
    let secondOfficer = FuzzParticipant(name: "second officer", person: "wang", organisation: bureau, role: "officer")
    let reviewer = FuzzParticipant(name: "reviewer", person: "zhao", organisation: "00000000-0000-4000-8000-0000000000a1", role: "reviewer")
    let outsider = FuzzParticipant(name: "public", person: "qian", organisation: "00000000-0000-4000-8000-0000000000c1", role: "public")
    let institutions: [FuzzParticipant]
    let enterprises: [FuzzParticipant]
    /// An enterprise that sends only valid requests, and whose ids the fuzzers do not know.
    let probe: FuzzParticipant
    /// The institution from which the probe orders.
    let probeInstitution: FuzzParticipant

    private static let bureau = "00000000-0000-4000-8000-0000000000b1"
    private let signInPort: Int
    private let tokens = Mutex<[FuzzParticipant: (token: String, at: ContinuousClock.Instant)]>([:])

    init(signInPort: Int, _ random: inout SplitMix64) {
        self.signInPort = signInPort
        var made: [String] = []
        for _ in 0..<7 { made.append(Self.id(&random)) }
        institutions = (0..<2).map {
            FuzzParticipant(name: "institution \($0)", person: "inst-\($0)", organisation: made[$0], role: "institution")
        }
        enterprises = (0..<3).map {
            FuzzParticipant(name: "enterprise \($0)", person: "ent-\($0)", organisation: made[2 + $0], role: "enterprise")
        }
        probe = FuzzParticipant(name: "probe", person: "probe", organisation: made[5], role: "enterprise")
        probeInstitution = FuzzParticipant(name: "probe's institution", person: "probe-inst", organisation: made[6], role: "institution")
    }

    /// The callers that send invalid values.
    var attackers: [FuzzParticipant] { [officer, secondOfficer, reviewer, outsider] + institutions + enterprises }

    /// A UUID of version 4, reproducible from the seed.
    static func id(_ random: inout SplitMix64) -> String {
        let digits = Array((0..<4).map { _ in String(UInt64.random(in: (1 << 63)...UInt64.max, using: &random), radix: 16) }.joined())
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<8))-\(part(8..<12))-4\(part(13..<16))-8\(part(17..<20))-\(part(20..<32))"
    }

    /// A token of a caller; signs in again if the last one is too old.
    func token(of participant: FuzzParticipant) throws -> String {
        if let known = tokens.withLock({ $0[participant] }), known.at + Self.tokenLifetime > .now { return known.token }
        let body = JSONTree.fields(
            ("person", .text(participant.person)), ("organisation", .text(participant.organisation)),
            ("roles", .list([.text(participant.role)])))
        let request = HTTPConnection.Request(
            method: "POST", path: "/sandbox/token", headers: ["Content-Type: application/json"], body: Array(body.written.utf8))
        guard case .answered(let answer) = HTTPConnection(port: signInPort).ask(request), answer.status < 300,
            let token = try JSONTree(reading: answer.body)["token"]?.asText
        else { throw CampaignError("\(participant.name) cannot sign in") }
        tokens.withLock { $0[participant] = (token, .now) }
        return token
    }
}

/// Sends valid requests to the API.
final class FuzzClient {
    private let connection: HTTPConnection
    private let participants: FuzzParticipants
    private(set) var random: SplitMix64

    init(port: Int, participants: FuzzParticipants, random: SplitMix64) {
        connection = HTTPConnection(port: port)
        self.participants = participants
        self.random = random
    }

    /// Sends a request until it is decided. Returns the operation's id and the answer. Throws a `CampaignError` if it is refused or times
    /// out.
    @discardableResult
    func post(
        _ participant: FuzzParticipant, _ path: String, _ body: JSONTree, within limit: Duration = .seconds(30)
    ) throws -> (id: String, answer: JSONTree) {
        let key = FuzzParticipants.id(&random)
        let request = HTTPConnection.Request(
            method: "POST", path: "/api/v1/" + path,
            headers: [
                "Authorization: Bearer \(try participants.token(of: participant))", "Idempotency-Key: \(key)",
                "Content-Type: application/json",
                "Accept-Language: en",
            ], body: Array(body.written.utf8))
        let end = ContinuousClock.now + limit
        var last = "no answer"
        repeat {
            if case .answered(let answer) = connection.ask(request) {
                last = "\(answer.status) \(answer.text.prefix(400))"
                if (200...201).contains(answer.status) {
                    let tree = try JSONTree(reading: answer.body)
                    return (tree["operation"]?["id"]?.asText ?? "", tree)
                }
                guard [202, 429, 503].contains(answer.status) else { break }
            }
            Thread.sleep(forTimeInterval: 0.1)
        } while ContinuousClock.now < end
        throw CampaignError("POST /\(path) by \(participant.name): \(last)")
    }

    /// Reads a resource.
    func get(_ participant: FuzzParticipant, _ path: String) throws -> JSONTree {
        let request = HTTPConnection.Request(
            path: "/api/v1/" + path, headers: ["Authorization: Bearer \(try participants.token(of: participant))"])
        guard case .answered(let answer) = connection.ask(request), answer.status == 200 else {
            throw CampaignError("GET /\(path) was not answered with 200")
        }
        return try JSONTree(reading: answer.body)
    }

    /// Reads a resource until it is in a state. Throws a `CampaignError` after 30 s.
    func wait(_ participant: FuzzParticipant, _ path: String, for state: String) throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if let resource = try? get(participant, path), resource["state"]?.asText == state { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw CampaignError("/\(path) did not reach the state \(state) within 30 s")
    }

    /// Uploads a paper and returns its hash.
    func upload(_ participant: FuzzParticipant, _ text: String, name: String) throws -> String {
        let request = HTTPConnection.Request(
            method: "POST", path: "/api/v1/files?name=\(name)",
            headers: ["Authorization: Bearer \(try participants.token(of: participant))"], body: FuzzPaper.pdf(text))
        guard case .answered(let answer) = connection.ask(request), answer.status == 201,
            let hash = try JSONTree(reading: answer.body)["hash"]?.asText
        else { throw CampaignError("the paper \(name) was rejected") }
        return hash
    }
}

/// A small PDF of one line.
enum FuzzPaper {
    static func pdf(_ text: String) -> [UInt8] {
        var document = "%PDF-1.4\n"
        var offsets: [Int] = []
        let line = "BT /F1 12 Tf 40 780 Td (\(text.filter { $0.isLetter || $0.isNumber })) Tj ET"
        for object in [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 "
                + "/BaseFont /Helvetica >> >> >> >>",
            "<< /Length \(line.utf8.count) >>\nstream\n\(line)\nendstream",
        ] {
            offsets.append(document.utf8.count)
            document += "\(offsets.count) 0 obj\n\(object)\nendobj\n"
        }
        let table = document.utf8.count
        document += "xref\n0 5\n0000000000 65535 f \n"
        for offset in offsets { document += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        return Array((document + "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n").utf8)
    }
}
