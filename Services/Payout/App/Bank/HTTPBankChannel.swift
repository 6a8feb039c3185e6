import Foundation
import ISO20022
import Logging
import NIOHTTP1
import PayoutDomain

/// A bank with ISO 20022 documents over HTTP or HTTPS: `POST /instructions`, `GET /instructions/{id}`, `GET /answers?after=`, `GET
/// /statement`.
///
/// Redirects are not followed, so that a payment can only go to the configured address.
struct HTTPBankChannel: BankChannel {
    /// The largest accepted response to one instruction, and the largest page of the list of answers.
    private static let answerBytesAtMost = 1 << 20
    private static let pageBytesAtMost = 8 << 20

    private let exchange: HTTPExchange
    private let deadline: Duration
    private let refusesSimulator: Bool
    private let logger: Logger

    /// The header by which the bank simulator identifies itself.
    private static let simulatorHeader = "x-quan-bank-simulator"

    /// - Parameters:
    ///   - deadline: the timeout of one exchange.
    ///   - refusesSimulator: whether an answer of the bank simulator counts as no answer, as in a production installation.
    /// - Throws: `InvalidPayoutSetting` if a certificate cannot be read.
    init(_ address: BankAddress, deadline: Duration, refusesSimulator: Bool = false, logger: Logger) throws {
        exchange = try HTTPExchange(address)
        self.deadline = deadline
        self.refusesSimulator = refusesSimulator
        self.logger = logger
    }

    func post(_ transfer: CreditTransfer) async -> BankAnswer {
        await answer(.POST, "/instructions", transfer.document, about: transfer.id)
    }

    func queryStatus(of instruction: UUID) async -> BankAnswer {
        await answer(.GET, "/instructions/\(instruction.compact)", nil, about: instruction)
    }

    private func answer(_ method: HTTPMethod, _ target: String, _ body: String?, about id: UUID) async -> BankAnswer {
        do {
            let answer = try await send(method, target, body: body, answerBytesAtMost: Self.answerBytesAtMost)
            if method == .GET, answer.status == 404 { return .notKnown }
            guard answer.status == 200 || answer.status == 202 else {
                throw BankUnreachable(description: "the bank answered with HTTP status \(answer.status)")
            }
            let report = try PaymentStatus.reading(answer.body)
            guard let only = report.statuses.first, report.statuses.count == 1, report.foreignCount == 0, only.id == id else {
                throw BankUnreachable(description: "the bank's answer is not about this instruction")
            }
            return BankAnswer(only)
        } catch {
            logger.notice("the bank did not answer", metadata: ["instruction": "\(id)", "error": "\(error)"])
            return .silence
        }
    }

    func answers(after position: Int64) async throws -> (answers: [(instruction: UUID, answer: BankAnswer)], next: Int64) {
        let answer = try await send(.GET, "/answers?after=\(position)", answerBytesAtMost: Self.pageBytesAtMost)
        guard answer.status == 200, let next = answer.headers.first(name: "x-next").flatMap(Int64.init), next >= position else {
            throw BankUnreachable(description: "cannot read the bank's list of answers: HTTP status \(answer.status)")
        }
        return (try PaymentStatus.reading(answer.body).statuses.map { ($0.id, BankAnswer($0)) }, next)
    }

    func statement() async throws -> [UInt8] {
        let answer = try await send(.GET, "/statement", answerBytesAtMost: XMLElement.maximumBytes)
        guard answer.status == 200 else {
            throw BankUnreachable(description: "cannot fetch the bank's statement: HTTP status \(answer.status)")
        }
        return answer.body
    }

    private func send(
        _ method: HTTPMethod, _ target: String, body: String? = nil, answerBytesAtMost: Int
    ) async throws -> HTTPExchange.Answer {
        let answer = try await exchange.send(method, target, body: body, answerBytesAtMost: answerBytesAtMost, within: deadline)
        guard !refusesSimulator || !answer.headers.contains(name: Self.simulatorHeader) else {
            throw BankUnreachable(description: "the bank simulator answers at payout.bankUrl; a production installation needs a real bank")
        }
        return answer
    }
}
