import Foundation
import HTTPTypes
import Hummingbird
import ISO20022
import Kernel
import Logging
import NIOCore
import StrictJSON

/// The HTTP interface of the bank, with ISO 20022 documents.
struct BankServer: Sendable {
    let bank: Bank
    /// How long `late` and `lose` delay an answer.
    let hold: Duration
    /// The payer's account, for the statement.
    let account: String

    /// An application on a port; 0 takes a free one. `running` receives the port.
    func application(
        host: String, port: Int, logger: Logger, running: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router()
        router.add(middleware: SimulatorHeader())
        router.post("/instructions") { request, _ in try await accept(request) }
        router.get("/instructions/{id}") { _, context in try await status(context.parameters.get("id") ?? "") }
        router.get("/answers") { request, _ in try await answers(after: Int(request.uri.queryParameters["after"] ?? "") ?? 0) }
        router.get("/statement") { _, _ in try await statement() }
        router.post("/control") { request, _ in try await control(request) }
        return Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in running(channel.localAddress?.port ?? port) }, logger: logger)
    }

    private func accept(_ request: Request) async throws -> Response {
        guard await !bank.isUnavailable else { return unavailable }
        let body = try await request.body.collect(upTo: 1 << 20)
        let transfer: CreditTransfer
        do {
            transfer = try CreditTransfer(document: Array(body.readableBytesView))
        } catch {
            return text(.badRequest, error.description)
        }
        let reaction = try await bank.accept(transfer)
        if reaction.isHeld { try? await Task.sleep(for: hold) }
        guard let status = reaction.status else { return text(.serviceUnavailable, "lost") }
        return document(
            status.code == .pending ? .accepted : .ok, PaymentStatus.document([status], id: "S\(status.id.compact)", at: status.at))
    }

    private func status(_ id: String) async throws -> Response {
        guard await !bank.isUnavailable else { return unavailable }
        guard let id = UUID(compact: id) else { return text(.badRequest, "an instruction's id must have 32 hexadecimal digits") }
        guard let status = try await bank.status(of: id) else { return text(.notFound, "there is no such instruction") }
        return document(.ok, PaymentStatus.document([status], id: "S\(id.compact)", at: status.at))
    }

    private func answers(after position: Int) async throws -> Response {
        guard await !bank.isUnavailable else { return unavailable }
        let (statuses, next) = try await bank.answers(after: position)
        var response = document(.ok, PaymentStatus.document(statuses, id: "A\(position)", at: WallClock().now()))
        if let name = HTTPField.Name("x-next") { response.headers[name] = String(next) }
        return response
    }

    private func statement() async throws -> Response {
        guard await !bank.isUnavailable else { return unavailable }
        return document(.ok, try await bank.statementDocument(account: account))
    }

    private func control(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        guard let control = try? StrictJSON.decode(Bank.Control.self, from: Array(buffer: body)) else {
            return text(.badRequest, "the body is no valid control message")
        }
        await bank.control(control)
        return text(.ok, "done")
    }

    private var unavailable: Response { text(.serviceUnavailable, "away") }

    private func document(_ status: HTTPResponse.Status, _ document: String) -> Response {
        Response(status: status, headers: [.contentType: "application/xml"], body: ResponseBody(byteBuffer: ByteBuffer(string: document)))
    }

    private func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Marks every answer as the simulator's, so that a production installation refuses it.
private struct SimulatorHeader<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        if let name = HTTPField.Name("x-quan-bank-simulator") { response.headers[name] = "true" }
        return response
    }
}
