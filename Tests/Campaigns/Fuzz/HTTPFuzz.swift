import Foundation
import Kernel
import TestKit

/// Sends invalid requests over one connection until a given time.
final class HTTPFuzz {
    private let plan: FuzzPlan
    private let participants: FuzzParticipants
    private let mutation: Mutation
    private let findings: FuzzFindings
    private let connection: HTTPConnection
    private var random: SplitMix64

    init(port: Int, plan: FuzzPlan, participants: FuzzParticipants, mutation: Mutation, findings: FuzzFindings, random: SplitMix64) {
        (self.plan, self.participants, self.mutation, self.findings, self.random) = (plan, participants, mutation, findings, random)
        connection = HTTPConnection(port: port)
    }

    func run(until end: ContinuousClock.Instant) throws {
        while ContinuousClock.now < end {
            let operation = random.pick(plan.operations)
            let participant = random.pick(participants.attackers)
            let request = try request(operation, participant)
            switch connection.ask(request) {
            case .answered(let answer):
                findings.countAnswer(answer.status)
                if answer.status >= 500 || answer.status < 200 {
                    findings.record(.answered5xx, description(of: request, participant, answer: answer))
                }
                if answer.status == 429 { Thread.sleep(forTimeInterval: 0.05) }
            case .timedOut: findings.record(.dropped, "no answer in time: " + description(of: request, participant))
            case .closed(let why): findings.record(.dropped, "\(why): " + description(of: request, participant))
            }
        }
    }

    private func description(of request: HTTPConnection.Request, _ participant: FuzzParticipant, answer: HTTPConnection.Answer? = nil)
        -> String
    {
        let headers = request.headers.filter { !$0.hasPrefix("Authorization") }.joined(separator: " | ")
        let body = String(decoding: request.body.prefix(1500), as: UTF8.self)
        let answered = answer.map { "answered \($0.status) \($0.text.prefix(300)) to " } ?? ""
        return "\(answered)\(request.method) \(request.path.prefix(400)) by \(participant.name) [\(headers.prefix(400))] \(body)"
    }

    private func request(_ operation: FuzzPlan.Operation, _ participant: FuzzParticipant) throws -> HTTPConnection.Request {
        var request = HTTPConnection.Request(method: operation.method, path: "/api/v1" + path(operation.path))
        let queries = operation.queries.filter { _ in random.oneIn(2) }.map { "\($0)=\(Self.encoded(queryValue($0)))" }
        if !queries.isEmpty { request.path += "?" + queries.joined(separator: random.oneIn(20) ? "&&" : "&") }
        if random.oneIn(30) {
            request.path += (queries.isEmpty ? "?" : "&") + "\(Self.encoded(mutation.text(&random)))=\(queries.first ?? "")"
        }
        request.headers = try headers(participant)
        guard operation.method != "GET" else { return request }
        if !random.oneIn(25) {
            request.headers.append(
                "Idempotency-Key: \(random.oneIn(15) ? Self.headerText(mutation.text(&random)) : FuzzParticipants.id(&random))")
        }
        request.headers.append(
            random.oneIn(15) ? "Content-Type: \(random.pick(["text/plain", "", "application/xml"]))" : "Content-Type: application/json")
        if operation.path == "/files" {
            request.body = paper()
        } else {
            request.body = mutation.body(of: operation.body ?? .fields(), &random).bytes
        }
        return request
    }

    private func path(_ template: String) -> String {
        template.split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{") else { return String(part) }
            let valid = mutation.ids.isEmpty || random.oneIn(5) ? FuzzParticipants.id(&random) : random.pick(mutation.ids)
            return random.oneIn(6) ? Self.encoded(mutation.text(&random)) : valid
        }.joined(separator: "/")
    }

    private func queryValue(_ name: String) -> String {
        let valid = [
            "limit": "5", "after": "0", "programme": "beijing-2026", "category": "energy-audit", "state": "placed", "name": "a.pdf",
        ]
        return random.oneIn(3) ? valid[name] ?? "x" : mutation.text(&random)
    }

    private func headers(_ participant: FuzzParticipant) throws -> [String] {
        let token = try participants.token(of: participant)
        var headers: [String]
        switch random.below(40) {
        case 0: headers = []
        case 1: headers = ["Authorization: Bearer \(token)", "Authorization: Bearer \(token)"]
        case 2: headers = ["Authorization: Bearer \(Self.headerText(mutation.text(&random)))"]
        case 3: headers = ["Authorization: Bearer \(token.dropLast(1 + random.below(20)))"]
        case 4: headers = ["Authorization: Basic \(token)"]
        case 5:
            let parts = token.split(separator: ".")
            headers = ["Authorization: Bearer \(parts.reversed().joined(separator: "."))"]
        default: headers = ["Authorization: Bearer \(token)"]
        }
        if random.oneIn(10) { headers.append("Accept-Language: \(random.pick(["en", "zh-CN", "*;q=9", "fr;q=x,,;", "\u{00E9}"]))") }
        if random.oneIn(40) { headers.append("X-\(random.below(9)): \(String(repeating: "x", count: random.pick([0, 10, 4000])))") }
        if random.oneIn(40) { headers.append("traceparent: \(Self.headerText(mutation.text(&random)))") }
        if random.oneIn(60) { headers.append("X-Forwarded-For: 127.0.0.1") }
        return headers
    }

    private func paper() -> [UInt8] {
        switch random.below(6) {
        case 0: FuzzPaper.pdf("x\(random.below(1000))")
        case 1: Array(FuzzPaper.pdf("x").prefix(random.below(300)))
        case 2: Array("<?xml version=\"1.0\"?><a>\(String(repeating: "<b>", count: random.below(5000)))</a>".utf8)
        case 3: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + (0..<random.below(300)).map { _ in UInt8(random.below(256)) }
        case 4: [0x50, 0x4B, 0x03, 0x04] + (0..<random.below(300)).map { _ in UInt8(random.below(256)) }
        default: (0..<random.below(300)).map { _ in UInt8(random.below(256)) }
        }
    }

    /// Percent-encodes everything but letters, digits, `-` and `.`.
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                encoded.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }

    /// A text that is allowed in a header's value: no control characters, at most 4,000 bytes.
    private static func headerText(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7F }.prefix(4000), as: UTF8.self)
    }
}
