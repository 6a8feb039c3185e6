import Foundation
import Kernel
import Programme

extension MemoryNode {
    /// The instant of the next lapse of a case that waits for nothing; nil if there is none.
    func nextLapse(_ now: Date) -> Date? {
        ownCases.filter { mayLapse($0) }.compactMap { subject in
            engine.running(subject, in: family(of: subject.id), related: self, Circumstances(now: now, announcements: announcements)).first?
                .at
        }.min()
    }

    /// Whether a lapse of the case can be tried: nothing is pending, and it was not refused too often.
    private func mayLapse(_ subject: ProcedureCase) -> Bool {
        pending[subject.id] == nil && lapseAttempts[subject.id] ?? 0 < Self.lapseAttemptsAtMost
    }

    /// Takes the lapses that are due.
    mutating func lapses(at now: Date) -> [HostMessage] {
        let due = ownCases.filter { subject in
            mayLapse(subject)
                && engine.running(subject, in: family(of: subject.id), related: self, Circumstances(now: now, announcements: announcements))
                    .contains { $0.at <= now }
        }.sorted { $0.id.uuidString < $1.id.uuidString }
        return due.flatMap { subject in
            lapseAttempts[subject.id, default: 0] += 1
            let attempt = "\(lapseAttempts[subject.id] ?? 0)"
            let id = UUIDv5.make(namespace: subject.id, parts: ["lapse", "\(subject.version)", attempt])
            return handle(HostMessage(content: .command(HostCommand(id: id, subject: subject.id, what: .lapse, at: now))))
        }
    }

    /// Takes the steps that wait for a window.
    mutating func followAll(_ now: Date) -> [HostMessage] {
        families.keys.sorted { $0.uuidString < $1.uuidString }.flatMap { follow($0, now) }
    }
}
