import Foundation
import Synchronization
import TestKit

/// Somebody who uses the API, by what the sandbox's sign-in is told.
struct FuzzPlayer: Sendable, Hashable {
    let name: String
    let person: String
    let organisation: String
    let role: String
}

/// The players of a fuzz run, and their tokens.
final class FuzzPlayers: Sendable {
    /// A token is good for 15 minutes.
    private static let fresh = Duration.seconds(300)

    let officer = FuzzPlayer(name: "officer", person: "li", organisation: bureau, role: "officer")
    let secondOfficer = FuzzPlayer(name: "second officer", person: "wang", organisation: bureau, role: "officer")
    let reviewer = FuzzPlayer(name: "reviewer", person: "zhao", organisation: "00000000-0000-4000-8000-0000000000a1", role: "reviewer")
    let outsider = FuzzPlayer(name: "public", person: "qian", organisation: "00000000-0000-4000-8000-0000000000c1", role: "public")
    let institutions: [FuzzPlayer]
    let enterprises: [FuzzPlayer]
    /// An enterprise that does nothing wrong, and whose ids nobody else learns.
    let canary: FuzzPlayer
    /// The institution the canary orders from.
    let canaryInstitution: FuzzPlayer

    private static let bureau = "00000000-0000-4000-8000-0000000000b1"
    private let signInPort: Int
    private let tokens = Mutex<[FuzzPlayer: (token: String, at: ContinuousClock.Instant)]>([:])

    init(signInPort: Int, _ random: inout SplitMix64) {
        self.signInPort = signInPort
        var made: [String] = []
        for _ in 0..<7 { made.append(Self.id(&random)) }
        institutions = (0..<2).map {
            FuzzPlayer(name: "institution \($0)", person: "inst-\($0)", organisation: made[$0], role: "institution")
        }
        enterprises = (0..<3).map {
            FuzzPlayer(name: "enterprise \($0)", person: "ent-\($0)", organisation: made[2 + $0], role: "enterprise")
        }
        canary = FuzzPlayer(name: "canary", person: "canary", organisation: made[5], role: "enterprise")
        canaryInstitution = FuzzPlayer(name: "canary's institution", person: "canary-inst", organisation: made[6], role: "institution")
    }

    /// Everybody who sends bad values.
    var mischievous: [FuzzPlayer] { [officer, secondOfficer, reviewer, outsider] + institutions + enterprises }

    /// A random UUID of version 4, as the seed gives it.
    static func id(_ random: inout SplitMix64) -> String {
        let digits = Array((0..<4).map { _ in String(UInt64.random(in: (1 << 63)...UInt64.max, using: &random), radix: 16) }.joined())
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<8))-\(part(8..<12))-4\(part(13..<16))-8\(part(17..<20))-\(part(20..<32))"
    }

    /// A token of a player, signed in anew where the last one is old.
    func token(of player: FuzzPlayer) throws -> String {
        if let known = tokens.withLock({ $0[player] }), known.at + Self.fresh > .now { return known.token }
        let body = JSONTree.fields(
            ("person", .text(player.person)), ("organisation", .text(player.organisation)), ("roles", .list([.text(player.role)])))
        let request = HTTPConnection.Request(
            method: "POST", path: "/sandbox/token", headers: ["Content-Type: application/json"], body: Array(body.written.utf8))
        guard case .answered(let answer) = HTTPConnection(port: signInPort).ask(request), answer.status < 300,
            let token = try JSONTree(reading: answer.body)["token"]?.asText
        else { throw CampaignError("\(player.name) cannot sign in") }
        tokens.withLock { $0[player] = (token, .now) }
        return token
    }
}

/// Calls of the API that are meant to succeed.
final class FuzzDesk {
    private let wire: HTTPConnection
    private let players: FuzzPlayers
    private(set) var random: SplitMix64

    init(port: Int, players: FuzzPlayers, random: SplitMix64) {
        wire = HTTPConnection(port: port)
        self.players = players
        self.random = random
    }

    /// Asks for something until it is decided; the answer. Throws where it is refused or takes too long.
    @discardableResult
    func ask(
        _ player: FuzzPlayer, _ path: String, _ body: JSONTree, within limit: Duration = .seconds(30)
    ) throws -> (id: String, answer: JSONTree) {
        let key = FuzzPlayers.id(&random)
        let request = HTTPConnection.Request(
            method: "POST", path: "/api/v1/" + path,
            headers: [
                "Authorization: Bearer \(try players.token(of: player))", "Idempotency-Key: \(key)", "Content-Type: application/json",
                "Accept-Language: en",
            ], body: Array(body.written.utf8))
        let end = ContinuousClock.now + limit
        var last = "no answer"
        repeat {
            if case .answered(let answer) = wire.ask(request) {
                last = "\(answer.status) \(answer.text.prefix(400))"
                if (200...201).contains(answer.status) {
                    let tree = try JSONTree(reading: answer.body)
                    return (tree["operation"]?["id"]?.asText ?? "", tree)
                }
                guard [202, 429, 503].contains(answer.status) else { break }
            }
            Thread.sleep(forTimeInterval: 0.1)
        } while ContinuousClock.now < end
        throw CampaignError("POST /\(path) by \(player.name): \(last)")
    }

    /// Reads something.
    func look(_ player: FuzzPlayer, _ path: String) throws -> JSONTree {
        let request = HTTPConnection.Request(
            path: "/api/v1/" + path, headers: ["Authorization: Bearer \(try players.token(of: player))"])
        guard case .answered(let answer) = wire.ask(request), answer.status == 200 else {
            throw CampaignError("GET /\(path) is not answered")
        }
        return try JSONTree(reading: answer.body)
    }

    /// Reads a thing until it is in a state.
    func wait(_ player: FuzzPlayer, _ path: String, for state: String) throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if let thing = try? look(player, path), thing["state"]?.asText == state { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw CampaignError("/\(path) does not become \(state)")
    }

    /// Puts a paper into the store; its hash.
    func upload(_ player: FuzzPlayer, _ text: String, name: String) throws -> String {
        let request = HTTPConnection.Request(
            method: "POST", path: "/api/v1/files?name=\(name)",
            headers: ["Authorization: Bearer \(try players.token(of: player))"], body: FuzzPaper.pdf(text))
        guard case .answered(let answer) = wire.ask(request), answer.status == 201,
            let hash = try JSONTree(reading: answer.body)["hash"]?.asText
        else { throw CampaignError("the paper \(name) is not taken") }
        return hash
    }
}

/// A small PDF of one line.
enum FuzzPaper {
    static func pdf(_ text: String) -> [UInt8] {
        var document = "%PDF-1.4\n"
        var places: [Int] = []
        let line = "BT /F1 12 Tf 40 780 Td (\(text.filter { $0.isLetter || $0.isNumber })) Tj ET"
        for object in [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 "
                + "/BaseFont /Helvetica >> >> >> >>",
            "<< /Length \(line.utf8.count) >>\nstream\n\(line)\nendstream",
        ] {
            places.append(document.utf8.count)
            document += "\(places.count) 0 obj\n\(object)\nendobj\n"
        }
        let table = document.utf8.count
        document += "xref\n0 5\n0000000000 65535 f \n"
        for place in places { document += String(repeating: "0", count: 10 - "\(place)".count) + "\(place) 00000 n \n" }
        return Array((document + "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n").utf8)
    }
}
