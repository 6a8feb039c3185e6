import Foundation
import ISO20022
import Logging
import NIOHTTP1
import PayoutDomain

/// A bank that takes documents of ISO 20022 over HTTP: `POST /instructions`, `GET /instructions/{id}`, `GET /answers?after=`, `GET /statement`.
///
/// Redirections are not followed: a payment goes to the address that was set, or nowhere.
struct HTTPBankChannel: BankChannel {
    /// What the bank says of one instruction, a page of its list of answers, and a statement have at most so many bytes.
    private static let answerBytesAtMost = 1 << 20
    private static let pageBytesAtMost = 8 << 20

    private let exchange: HTTPExchange
    private let deadline: Duration
    private let logger: Logger

    /// A channel to a bank. Each exchange may take `deadline`. Throws where the URL is none.
    init(url: String, deadline: Duration, logger: Logger) throws {
        guard let exchange = HTTPExchange(url: url) else {
            throw BankUnreachable(description: "payout.bankUrl: an address such as http://127.0.0.1:8090 is expected")
        }
        self.exchange = exchange
        self.deadline = deadline
        self.logger = logger
    }

    func post(_ transfer: CreditTransfer) async -> BankAnswer {
        await answer(.POST, "/instructions", transfer.document, about: transfer.id)
    }

    func ask(_ instruction: UUID) async -> BankAnswer {
        await answer(.GET, "/instructions/\(instruction.compact)", nil, about: instruction)
    }

    private func answer(_ method: HTTPMethod, _ target: String, _ body: String?, about id: UUID) async -> BankAnswer {
        do {
            let answer = try await exchange.send(method, target, body: body, answerBytesAtMost: Self.answerBytesAtMost, within: deadline)
            if method == .GET, answer.status == 404 { return .notKnown }
            guard answer.status == 200 || answer.status == 202 else {
                throw BankUnreachable(description: "the bank answers with status \(answer.status)")
            }
            let report = try PaymentStatus.reading(answer.body)
            guard let only = report.statuses.first, report.statuses.count == 1, report.foreignCount == 0, only.id == id else {
                throw BankUnreachable(description: "the bank's answer is about something else")
            }
            return BankAnswer(only)
        } catch {
            logger.notice("no answer from the bank", metadata: ["instruction": "\(id)", "error": "\(error)"])
            return .silence
        }
    }

    func answers(after place: Int64) async throws -> (answers: [(instruction: UUID, answer: BankAnswer)], next: Int64) {
        let answer = try await exchange.send(
            .GET, "/answers?after=\(place)", answerBytesAtMost: Self.pageBytesAtMost, within: deadline)
        guard answer.status == 200, let next = answer.headers.first(name: "x-next").flatMap(Int64.init), next >= place else {
            throw BankUnreachable(description: "the bank's list of answers cannot be had: status \(answer.status)")
        }
        return (try PaymentStatus.reading(answer.body).statuses.map { ($0.id, BankAnswer($0)) }, next)
    }

    func statement() async throws -> [UInt8] {
        let answer = try await exchange.send(.GET, "/statement", answerBytesAtMost: XMLElement.greatestBytes, within: deadline)
        guard answer.status == 200 else {
            throw BankUnreachable(description: "the bank's statement cannot be had: status \(answer.status)")
        }
        return answer.body
    }
}
