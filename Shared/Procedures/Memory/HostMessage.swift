import Foundation
import Kernel
import Programme

/// A message between hosts in memory, or to the caller.
struct HostMessage: Sendable {
    enum Content: Sendable {
        case command(HostCommand)
        /// A case as another host has it, after a step at that instant.
        case copy(ProcedureCase, Date)
        case ask(Ask)
        case answer(AskAnswer)
        case outcome(UUID, Result<Transition, StepRefused>)
    }

    let content: Content

    /// The host that handles it; nil for all hosts, and for the caller.
    var to: String? {
        switch content {
        case .ask(let ask): ask.to
        case .answer(let answer): answer.to
        case .command, .copy, .outcome: nil
        }
    }

    /// The key under which it is kept in order.
    var key: UUID {
        switch content {
        case .command(let command): command.subject
        case .copy(let subject, _): subject.root
        case .ask(let ask): ask.root
        case .answer(let answer): answer.root
        case .outcome(let id, _): id
        }
    }

    static func ask(_ ask: Ask) -> HostMessage { HostMessage(content: .ask(ask)) }
    static func copy(_ subject: ProcedureCase, _ at: Date) -> HostMessage { HostMessage(content: .copy(subject, at)) }
    static func answer(_ answer: AskAnswer) -> HostMessage { HostMessage(content: .answer(answer)) }
    static func outcome(_ id: UUID, _ result: Result<Transition, StepRefused>) -> HostMessage { HostMessage(content: .outcome(id, result)) }
}

/// A command to a host.
struct HostCommand: Sendable {
    enum What: Sendable {
        case take(StepReference, parent: UUID?, input: StepInput, actor: StepActor)
        case answer(String, input: StepInput)
        case lapse
    }

    let id: UUID
    let subject: UUID
    let what: What
    let at: Date
}

/// The answer to an ask.
struct AskAnswer: Sendable {
    let ask: UUID
    let asker: UUID
    let root: UUID
    let from: String
    let to: String
    /// Why it is refused; nil if it is done.
    let refusals: [Refusal]?
    let at: Date
}
